// Owns the known request methods and their small ids, so that rules and framing compare a number and not text. RFC 9110 §9; the list is
// what the reference knows. Any other token is method id 0 and is forwarded as it is. Methods are case-sensitive.

import { equalBytes, latin1Bytes } from "../../stdx/index.ts";

/** Ids of the known methods. 0 is every other token. */
export const methodIds = {
  other: 0,
  GET: 1,
  HEAD: 2,
  POST: 3,
  PUT: 4,
  DELETE: 5,
  CONNECT: 6,
  OPTIONS: 7,
  TRACE: 8,
  PATCH: 9,
} as const;

/** Names by id; "" for 0. */
export const methodNames: readonly string[] = [
  "",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
];

const methodBytes = methodNames.map(latin1Bytes);

/** The id of the method `bytes[from, to)`; 0 when it is not a known one. */
export function methodIdOf(bytes: Uint8Array, from: number, to: number): number {
  if (to - from === 3 && bytes[from] === 0x47 && bytes[from + 1] === 0x45 && bytes[from + 2] === 0x54) return 1;
  const id = candidateOf(bytes[from] ?? 0, bytes[from + 1] ?? 0);
  return id !== 0 && equalBytes(bytes, from, to, methodBytes[id]!) ? id : 0;
}

function candidateOf(first: number, second: number): number {
  switch (first) {
    case 0x47:
      return methodIds.GET;
    case 0x48:
      return methodIds.HEAD;
    case 0x50:
      return second === 0x4f ? methodIds.POST : second === 0x55 ? methodIds.PUT : methodIds.PATCH;
    case 0x44:
      return methodIds.DELETE;
    case 0x43:
      return methodIds.CONNECT;
    case 0x4f:
      return methodIds.OPTIONS;
    case 0x54:
      return methodIds.TRACE;
    default:
      return 0;
  }
}
