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
      const { pattern } = expect;
      return { kind: "body", negated, matches: (body) => body.includes(pattern) };
    }
    case "rstring": {
      const regex = compileRegex(expect.pattern, false);
      return { kind: "body", negated, matches: (body) => testRegex(regex, body) };
    }
  }
}
