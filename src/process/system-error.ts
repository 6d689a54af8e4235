// Owns the wording of the system's errors: the C library's sentence, as the reference prints it.

import { errorText } from "../transport/bun/libc.ts";

/** "No such file or directory" for an ENOENT of Bun's file functions; the message itself for anything else. */
export function systemErrorText(error: unknown): string {
  if (error instanceof Error && "errno" in error && typeof error.errno === "number") {
    return errorText(Math.abs(error.errno));
  }
  return error instanceof Error ? error.message : String(error);
}
