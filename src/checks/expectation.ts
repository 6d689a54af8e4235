// Owns what a response must look like: `http-check expect`, compiled once per server. Configuration manual §4.2.

import type { HttpCheckModel } from "../config/model/index.ts";
import { compileRegex, testRegex } from "../sample/index.ts";

/** A compiled `http-check expect`. */
export type Expectation =
  | { readonly kind: "status"; accepts(status: number): boolean }
  | { readonly kind: "body"; readonly negated: boolean; matches(body: string): boolean };

/** Without a rule, 2xx and 3xx are good. */
export function compileExpectation(expect: HttpCheckModel["expect"]): Expectation {
  if (expect === undefined) return { kind: "status", accepts: (status) => status >= 200 && status <= 399 };
  const { negated } = expect;
  switch (expect.kind) {
    case "status": {
      const { ranges } = expect;
      return {
        kind: "status",
        accepts: (status) => ranges.some(([low, high]) => status >= low && status <= high) !== negated,
      };
    }
    case "rstatus": {
      const regex = compileRegex(expect.pattern, false);
      return { kind: "status", accepts: (status) => testRegex(regex, String(status).padStart(3, "0")) !== negated };
    }
    case "string": {
      // Bodies are read as latin1, so the pattern's UTF-8 bytes are compared as such.
      const wanted = Buffer.from(expect.pattern).toString("latin1");
      return { kind: "body", negated, matches: (body) => body.includes(wanted) };
    }
    case "rstring": {
      const regex = compileRegex(Buffer.from(expect.pattern).toString("latin1"), false);
      return { kind: "body", negated, matches: (body) => testRegex(regex, body) };
    }
  }
}
