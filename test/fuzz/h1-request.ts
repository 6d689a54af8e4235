// Fuzzes the request head parser of HTTP/1.

import { parseRequestHead } from "../../src/protocol/h1/index.ts";
import { checkHead, fixtureSeeds } from "./h1-heads.ts";
import type { FuzzTarget } from "./target.ts";

export const h1Request: FuzzTarget = {
  name: "h1-request",
  seeds: fixtureSeeds("request"),
  run: (bytes, random) => checkHead(bytes, random, parseRequestHead),
};
