// Owns the bytes of an HTTP check: the request as the reference sends it, and the verdict on the response, fed piece by piece.
// It opens no connection and reads no clock. Configuration manual §4.2 "option httpchk", "http-check send", "http-check expect".

import type { HttpCheckModel } from "../config/model/index.ts";
import { ChunkedDecoder, parseResponseHead } from "../protocol/h1/index.ts";
import { bodyKinds, HeadTable } from "../protocol/http/head.ts";
import { methodIdOf } from "../protocol/http/methods.ts";
import { latin1, latin1Bytes } from "../stdx/index.ts";
import { compileExpectation, type Expectation } from "./expectation.ts";
import type { CheckOutcome } from "./types.ts";

/** An outcome whose duration is not known yet. */
export type Verdict = Omit<CheckOutcome, "durationMs">;

/** The longest `last_chk`, in bytes; what is longer is cut, as in the reference. */
const TEXT_MAX = 127;

/** The request. `serverState` is the value of `http-check send-state`, undefined when it is not sent. */
export function buildCheckRequest(check: HttpCheckModel, serverState: string | undefined): Uint8Array {
  const version = check.version === "" ? "HTTP/1.0" : check.version;
  const lines = [`${check.method} ${check.uri} ${version}`];
  for (const { name, value } of check.headers) lines.push(`${name.toLowerCase()}: ${value}`);
  if (serverState !== undefined) lines.push(`x-haproxy-server-state: ${serverState}`);
  const body = latin1Bytes(check.body);
  if (body.length > 0) lines.push(`content-length: ${body.length}`);
  if (version === "HTTP/1.1") lines.push("connection: close");
  return Buffer.concat([latin1Bytes(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

/** What stays the same for all checks of a server. */
export class HttpCheckPlan {
  readonly model: HttpCheckModel;
  readonly expectation: Expectation;
  readonly method: number;
  readonly bufferBytes: number;

  constructor(model: HttpCheckModel, bufferBytes: number) {
    this.model = model;
    this.expectation = compileExpectation(model.expect);
    const method = latin1Bytes(model.method);
    this.method = methodIdOf(method, 0, method.length);
    this.bufferBytes = bufferBytes;
  }
}

/**
 * Judges one response. `push` and `end` return the verdict once there is one. At most `bufferBytes` are kept: a response that does
 * not fit is judged by what has come, as the reference judges what fits its buffer.
 */
export class HttpCheckReader {
  readonly #plan: HttpCheckPlan;
  readonly #head: HeadTable;
  readonly #chunks: ChunkedDecoder;
  #bytes: Uint8Array;
  #length: number;
  #headEnd: number;

  constructor(plan: HttpCheckPlan) {
    this.#plan = plan;
    this.#head = new HeadTable();
    this.#chunks = new ChunkedDecoder();
    this.#bytes = new Uint8Array(1024);
    this.#length = 0;
    this.#headEnd = 0;
  }

  /** `is404Stop`: a 404 means "stopping" now. */
  push(piece: Uint8Array, is404Stop: boolean): Verdict | undefined {
    const taken = Math.min(piece.length, this.#plan.bufferBytes - this.#length);
    this.#append(piece, taken);
    return this.#judge(this.#length >= this.#plan.bufferBytes, is404Stop);
  }

  /** The server has sent its last byte. */
  end(is404Stop: boolean): Verdict {
    return this.#judge(true, is404Stop) ?? socketError("");
  }

  #append(piece: Uint8Array, count: number): void {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(needed, this.#bytes.length * 2), this.#plan.bufferBytes));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece.subarray(0, count), this.#length);
    this.#length = needed;
  }

  #judge(isLast: boolean, is404Stop: boolean): Verdict | undefined {
    if (this.#headEnd === 0) {
      const end = parseResponseHead(this.#bytes, 0, this.#length, this.#head, this.#plan.method);
      if (end < 0) return socketError("");
      if (end === 0) return isLast ? socketError("") : undefined;
      this.#headEnd = end;
    }
    const head = this.#head;
    const { status } = head;
    const { expectation } = this.#plan;
    if (is404Stop && status === 404) return { result: "conditionally-passed", status: "L7OKC", code: 404, text: "" };
    if (expectation.kind === "status") {
      if (expectation.accepts(status)) return { result: "passed", status: "L7OK", code: status, text: "" };
      return { result: "failed", status: "L7STS", code: status, text: this.#reason() };
    }
    return this.#judgeBody(expectation, status, isLast);
  }

  #judgeBody(
    expectation: Extract<Expectation, { kind: "body" }>,
    status: number,
    isLast: boolean,
  ): Verdict | undefined {
    const { text, complete } = this.#body();
    const isWhole = isLast || complete;
    if (text === "") return isWhole ? badResponse("HTTP content check could not find a response body") : undefined;
    const found = expectation.matches(text);
    if (found && expectation.negated) return badResponse("HTTP check matched unwanted content");
    if (found || (isWhole && expectation.negated)) return { result: "passed", status: "L7OK", code: status, text: "" };
    return isWhole ? badResponse("HTTP content check did not match") : undefined;
  }

  #body(): { readonly text: string; readonly complete: boolean } {
    const { bodyKind, contentLength } = this.#head;
    if (bodyKind === bodyKinds.none) return { text: "", complete: true };
    if (bodyKind === bodyKinds.length) {
      const end = Math.min(this.#headEnd + contentLength, this.#length);
      return { text: latin1(this.#bytes, this.#headEnd, end), complete: end === this.#headEnd + contentLength };
    }
    if (bodyKind === bodyKinds.chunked) return this.#chunkedBody();
    return { text: latin1(this.#bytes, this.#headEnd, this.#length), complete: false };
  }

  #chunkedBody(): { readonly text: string; readonly complete: boolean } {
    const chunks = this.#chunks;
    const ranges = new Int32Array(128);
    const parts: string[] = [];
    let at = this.#headEnd;
    chunks.reset();
    for (;;) {
      const used = chunks.scan(this.#bytes, at, this.#length, ranges);
      for (let i = 0; i < chunks.rangeCount; i++) parts.push(latin1(this.#bytes, ranges[2 * i]!, ranges[2 * i + 1]!));
      at += used;
      if (used === 0 || at >= this.#length || chunks.done) break;
    }
    return { text: parts.join(""), complete: chunks.done || chunks.error !== 0 };
  }

  #reason(): string {
    const { reasonStart, reasonEnd, bytes } = this.#head;
    if (reasonEnd <= reasonStart) return "TCPCHK did not match content(status codes) at step 2";
    return latin1(bytes, reasonStart, Math.min(reasonEnd, reasonStart + TEXT_MAX));
  }
}

function badResponse(text: string): Verdict {
  return { result: "failed", status: "L7RSP", code: 0, text };
}

/** The connection broke or what came is no HTTP. */
export function socketError(text: string): Verdict {
  return { result: "failed", status: "SOCKERR", code: 0, text };
}
