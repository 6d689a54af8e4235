// Looks for differences from the reference that no fixture has yet, by hand: `bun test/h1/explore.ts COUNT [SEED]` sends mutated
// request fixtures through it and prints every one that it judges or forwards in another way.

import { encodeHead, h1ErrorStatus, parseRequestHead, requestConnectionMode } from "../../src/protocol/h1/index.ts";
import { bodyKinds, HeadTable } from "../../src/protocol/http/index.ts";
import { latin1, SeededRandom } from "../../src/stdx/index.ts";
import { h1Request } from "../fuzz/h1-request.ts";
import { mutate } from "../fuzz/target.ts";
import { escapeText } from "./fixtures.ts";
import { headOf, ReferenceBench, statusOf } from "./reference-bench.ts";

const [count = "500", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const random = new SeededRandom(Number(seed));
const bench = await ReferenceBench.start();
const out = new Uint8Array(65_536);

/** Our verdict on a request, as text: a status, or the forwarded head. */
function judge(bytes: Uint8Array): { readonly verdict: string; readonly sent: string } | undefined {
  const original = latin1(bytes, 0, bytes.length);
  const table = new HeadTable();
  const end = parseRequestHead(bytes, 0, bytes.length, table);
  if (end === 0) return undefined;
  if (end < 0) return { verdict: String(h1ErrorStatus(end)), sent: original };
  if (table.contentLength > 10_000) return undefined;
  const body = table.bodyKind === bodyKinds.chunked ? "0\r\n\r\n" : "x".repeat(Math.max(0, table.contentLength));
  const length = encodeHead(table, out, 0, requestConnectionMode(table, false));
  return { verdict: latin1(out, 0, length), sent: original.slice(0, end) + body };
}

let tried = 0;
for (let i = 0; i < Number(count); i++) {
  const judged = judge(mutate(h1Request, random));
  if (judged === undefined) continue;
  tried++;
  const { response, received } = await bench.exchange(judged.sent, undefined, false, 300);
  const verdict = received === "" ? String(statusOf(response)) : headOf(received);
  // The reference says nothing after some errors, and waits where a later line end might still come.
  if (verdict === judged.verdict || (verdict === "0" && judged.verdict.startsWith("4"))) continue;
  console.log(
    `sent      ${escapeText(judged.sent)}\nours      ${escapeText(judged.verdict)}\nreference ${escapeText(verdict)}\n`,
  );
}
await bench.stop();
console.log(`${tried} requests with seed ${seed}`);
process.exit(0);
