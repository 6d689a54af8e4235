// Owns arguments that carry bytes as base64 text, given as such or held by a variable: keys, nonces, tags. Configuration manual §7.3.1 "hmac".

import { textArgument } from "../rows.ts";
import type { Argument, SampleView } from "../types.ts";
import { variableProblem } from "../variables.ts";
import { decodeBase64 } from "./base64.ts";
import { variableText } from "./variables.ts";

/** The bytes as latin1; `constant` when they do not depend on the stream. */
export interface Base64Argument {
  readonly constant: string | undefined;
  readonly of: (view: SampleView) => string | undefined;
}

/** What the reference says about argument `index`, called `what`, or undefined. */
export function base64Problem(args: readonly Argument[], index: number, what: string): string | undefined {
  const text = textArgument(args, index, "");
  if (variableProblem(text) === undefined || decodeBase64(text) !== undefined) return undefined;
  return `failed to parse ${what} : argument needs to be base64 encoded, and can either be a string or a variable`;
}

/** The argument's value; an unset variable, or one that is no base64, gives undefined. */
export function base64Argument(args: readonly Argument[], index: number): Base64Argument {
  const text = textArgument(args, index, "");
  if (variableProblem(text) === undefined) {
    return {
      constant: undefined,
      of: (view) => {
        const value = variableText(view.getVariable(text));
        return value === undefined ? undefined : decodeBase64(value);
      },
    };
  }
  const constant = decodeBase64(text) ?? "";
  return { constant, of: () => constant };
}
