// The door of stdx: small things that know nothing of proxies.

export { AssertionError, assert } from "./assert.ts";
