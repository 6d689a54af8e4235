// Owns the format of the codec fixtures in this folder and their replay.
//
// A fixture is a heading `## title`, prose, a fence `request`, `response METHOD` (the method of the request that is answered) or `chunked`
// with the bytes, a fence `events` with what the codec makes of them, and for an accepted head a fence `forward` with the head
// that goes to the next hop. In `bytes` and `forward` the line ends of the file mean nothing: `\r\n` is written out; `\xNN`, `\t` and `\\` are
// escapes; `{100}` at the start of a line repeats the line. A paragraph `Differs: …` declares a difference from the reference; with
// `Differs: reference 200: …` it also says what the reference answers.
// `UPDATE_FIXTURES=1 bun test test/h1` writes events and forwards anew; look at the diff and run the differential test afterwards.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ChunkedDecoder,
  connectionModes,
  encodeHead,
  h1ErrorStatus,
  h1Errors,
  parseRequestHead,
  parseResponseHead,
  requestConnectionMode,
  responseConnectionMode,
} from "../../src/protocol/h1/index.ts";
import { bodyKinds, fieldStride, HeadTable, methodIdOf } from "../../src/protocol/http/index.ts";
import { latin1, latin1Bytes } from "../../src/stdx/index.ts";

export interface Fixture {
  readonly file: string;
  readonly title: string;
  readonly kind: "request" | "response" | "chunked";
  /** Of the request that a response answers. */
  readonly method: string;
  readonly bytes: Uint8Array;
  readonly events: readonly string[];
  readonly forward: string | undefined;
  /** The text of `Differs:`, if there is one. */
  readonly differs: string | undefined;
}

/** What the codec made of some bytes: events, and the head for the next hop when it was accepted. */
export interface Outcome {
  readonly events: readonly string[];
  readonly forward: string | undefined;
}

export const fixtureFolder: string = import.meta.dirname;

/** Reads all fixtures of this folder. */
export function loadFixtures(): Fixture[] {
  const files = readdirSync(fixtureFolder).filter((name) => name.endsWith(".md"));
  return files.sort().flatMap((file) => parseFixtures(file, readFileSync(join(fixtureFolder, file), "utf8")));
}

function parseFixtures(file: string, text: string): Fixture[] {
  const sections = text.split(/^## /m).slice(1);
  return sections.map((section) => {
    const title = section.slice(0, section.indexOf("\n"));
    const fences = [...section.matchAll(/^```(\w+)(?: (\w+))?\n([\s\S]*?)^```$/gm)];
    const find = (tag: string): string | undefined => fences.find((fence) => fence[1] === tag)?.[3];
    const input = fences.find((fence) => fence[1] !== "events" && fence[1] !== "forward");
    if (input === undefined) throw new Error(`${file}: "${title}" has no bytes`);
    const forward = find("forward");
    return {
      file,
      title,
      kind: input[1] as Fixture["kind"],
      method: input[2] ?? "GET",
      bytes: latin1Bytes(unescapeBlock(input[3] ?? "")),
      events: (find("events") ?? "").split("\n").filter((line) => line !== ""),
      forward: forward === undefined ? undefined : unescapeBlock(forward),
      differs: /^Differs: ([\s\S]*?)\n\n/m.exec(section)?.[1],
    };
  });
}

function unescapeBlock(block: string): string {
  const lines = block.split("\n").map((line) => {
    const repeat = /^\{(\d+)\}/.exec(line);
    return repeat === null ? line : line.slice(repeat[0].length).repeat(Number(repeat[1]));
  });
  return lines.join("").replace(/\\(x[0-9a-f]{2}|.)/g, (_, code: string) => {
    if (code.startsWith("x") && code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { r: "\r", n: "\n", t: "\t" }[code] ?? code;
  });
}

/** Text for a fixture file: everything that is not visible US-ASCII or a space is escaped. */
export function escapeText(text: string): string {
  return text.replace(/[^ -[\]-~]/g, (character) => {
    const known = { "\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\" }[character];
    return known ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

const errorNames = new Map(Object.entries(h1Errors).map(([name, code]) => [code as number, name]));
const bodyNames = new Map(Object.entries(bodyKinds).map(([name, kind]) => [kind as number, name]));

/** The first `length` bytes of the fixture in a buffer of their own, with `trailing` behind them. */
function freshBytes(fixture: Fixture, trailing: string): Uint8Array {
  const bytes = new Uint8Array(fixture.bytes.length + trailing.length);
  bytes.set(fixture.bytes);
  bytes.set(latin1Bytes(trailing), fixture.bytes.length);
  return bytes;
}

function parseHead(fixture: Fixture, bytes: Uint8Array, to: number, table: HeadTable, seen: number): number {
  if (fixture.kind === "request") return parseRequestHead(bytes, 0, to, table, seen);
  const method = latin1Bytes(fixture.method);
  return parseResponseHead(bytes, 0, to, table, methodIdOf(method, 0, method.length), seen);
}

function describeHead(fixture: Fixture, table: HeadTable, result: number): Outcome {
  if (result === 0) return { events: ["incomplete"], forward: undefined };
  if (result < 0) {
    const status = fixture.kind === "request" ? h1ErrorStatus(result) : 502;
    return { events: [`error ${errorNames.get(result)} ${status}`], forward: undefined };
  }
  const text = (from: number, to: number): string => escapeText(latin1(table.bytes, from, to));
  const version = text(table.versionStart, table.versionStart + 8);
  const events = [`end ${result}`];
  if (fixture.kind === "request") {
    const method = text(table.methodStart, table.methodEnd);
    events.push(`request ${method} ${text(table.targetStart, table.targetEnd)} ${version}`);
  } else {
    events.push(`response ${version} ${table.status} ${text(table.reasonStart, table.reasonEnd)}`.trimEnd());
  }
  for (let slot = 0; slot < table.fieldCount * fieldStride; slot += fieldStride) {
    const f = table.fields;
    events.push(`field ${text(f[slot]!, f[slot + 1]!)}: ${text(f[slot + 2]!, f[slot + 3]!)}`.trimEnd());
  }
  events.push(describeBody(table), describeConnection(table));
  return { events: foldRepeats(events), forward: encodeForward(fixture, table) };
}

function describeBody(table: HeadTable): string {
  const name = `body ${bodyNames.get(table.bodyKind)}`;
  return table.bodyKind === bodyKinds.length ? `${name} ${table.contentLength}` : name;
}

function describeConnection(table: HeadTable): string {
  const words = ["connection", table.persistent ? "persistent" : "closing"];
  if (table.connectionUpgrade) words.push("upgrade");
  if (table.expectContinue) words.push("expect");
  if (table.irregular) words.push("irregular");
  return words.join(" ");
}

function foldRepeats(events: readonly string[]): string[] {
  const folded: string[] = [];
  let count = 0;
  for (let i = 0; i < events.length; i++) {
    count++;
    if (events[i] === events[i + 1]) continue;
    folded.push(count > 1 ? `${events[i]} (${count} times)` : (events[i] ?? ""));
    count = 0;
  }
  return folded;
}

function encodeForward(fixture: Fixture, table: HeadTable): string {
  const out = new Uint8Array(65_536);
  const mode =
    fixture.kind === "request"
      ? requestConnectionMode(table, false)
      : responseConnectionMode(table, 11, table.bodyKind === bodyKinds.close);
  const end = encodeHead(table, out, 0, mode ?? connectionModes.none);
  return latin1(out, 0, end);
}

/** Parses everything at once, `trailing` bytes behind it included. */
export function replayWhole(fixture: Fixture, trailing = ""): Outcome {
  if (fixture.kind === "chunked") return replayChunked(fixture, trailing, fixture.bytes.length + trailing.length);
  const bytes = freshBytes(fixture, trailing);
  const table = new HeadTable();
  return describeHead(fixture, table, parseHead(fixture, bytes, bytes.length, table, 0));
}

/** Offers one byte more each time, as an engine does that resumes with `seen`. */
export function replayByteByByte(fixture: Fixture): Outcome {
  if (fixture.kind === "chunked") return replayChunked(fixture, "", 1);
  const bytes = freshBytes(fixture, "");
  const table = new HeadTable();
  let seen = 0;
  for (let to = 1; to <= bytes.length; to++) {
    const result = parseHead(fixture, bytes, to, table, seen);
    if (result !== 0) return describeHead(fixture, table, result);
    seen = to;
  }
  // A malformed line without a line feed is noticed only by a parse from the start.
  return describeHead(fixture, table, parseHead(fixture, bytes, bytes.length, table, 0));
}

/** Offers the bytes in two pieces, cut at `at`. */
export function replaySplit(fixture: Fixture, at: number): Outcome {
  const bytes = freshBytes(fixture, "");
  if (fixture.kind === "chunked") return replayPieces(bytes, [at, bytes.length]);
  const table = new HeadTable();
  const first = parseHead(fixture, bytes, at, table, 0);
  if (first !== 0) return describeHead(fixture, table, first);
  const second = parseHead(fixture, bytes, bytes.length, table, at);
  return describeHead(fixture, table, second === 0 ? parseHead(fixture, bytes, bytes.length, table, 0) : second);
}

function replayChunked(fixture: Fixture, trailing: string, step: number): Outcome {
  const bytes = freshBytes(fixture, trailing);
  const ends: number[] = [];
  for (let end = step; end < bytes.length; end += step) ends.push(end);
  return replayPieces(bytes, [...ends, bytes.length]);
}

function replayPieces(bytes: Uint8Array, ends: readonly number[]): Outcome {
  const decoder = new ChunkedDecoder();
  const ranges = new Int32Array(4);
  let position = 0;
  let payload = "";
  for (const end of ends) {
    while (position < end && !decoder.done && decoder.error === 0) {
      const consumed = decoder.scan(bytes, position, end, ranges);
      for (let i = 0; i < decoder.rangeCount; i++) payload += latin1(bytes, ranges[i * 2]!, ranges[i * 2 + 1]!);
      position += consumed;
    }
  }
  const events = payload === "" ? [] : [`payload ${escapeText(payload)}`];
  if (decoder.error !== 0) events.push(`error ${errorNames.get(decoder.error)} at ${position}`);
  else events.push(decoder.done ? `end ${position}` : "incomplete");
  return { events, forward: decoder.error === 0 ? latin1(bytes, 0, position) : undefined };
}
