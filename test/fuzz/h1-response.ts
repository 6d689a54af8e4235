// Fuzzes the response head parser of HTTP/1, as the answer to each kind of request.

import { parseResponseHead } from "../../src/protocol/h1/index.ts";
import { methodIds } from "../../src/protocol/http/index.ts";
import { checkHead, fixtureSeeds } from "./h1-heads.ts";
import type { FuzzTarget } from "./target.ts";

const methods = [methodIds.GET, methodIds.HEAD, methodIds.CONNECT];

export const h1Response: FuzzTarget = {
  name: "h1-response",
  seeds: fixtureSeeds("response"),
  run: (bytes, random) => {
    const method = methods[random.below(methods.length)] ?? methodIds.GET;
    checkHead(bytes, random, (source, from, to, table, seen) =>
      parseResponseHead(source, from, to, table, method, seen),
    );
  },
};
