// The door of stdx: small things that know nothing of proxies.

export { AssertionError, assert } from "./assert.ts";
export {
  copyBytes,
  equalBytes,
  equalIgnoreCase,
  equalRangesIgnoreCase,
  indexOfByte,
  latin1,
  latin1Bytes,
  lowerByte,
  parseUint,
  writeHex,
  writeLatin1,
  writeUint,
} from "./bytes.ts";
export { SeededRandom } from "./random.ts";
