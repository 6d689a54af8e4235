// Owns the dates of log lines. What changes once a second is kept as bytes, so that a line only copies it. Time is given, never read.
// Configuration manual §8.2.

import { formatTime, localOffsetMinutes, zoneText } from "../sample/index.ts";
import { writePadded } from "./encode.ts";

/** Renders the text of one second. */
type Render = (seconds: number) => string;

/** Seconds remembered at once: a line shows the time of accept and of the request, and lines overlap. */
const slotCount = 16;

/** Bytes of a date by its second. */
class SecondCache {
  readonly #render: Render;
  readonly #seconds: number[] = new Array<number>(slotCount).fill(-1);
  readonly #texts: Uint8Array[] = new Array<Uint8Array>(slotCount).fill(new Uint8Array(0));

  constructor(render: Render) {
    this.#render = render;
  }

  write(seconds: number, out: Uint8Array, at: number): number {
    const slot = seconds & (slotCount - 1);
    if (this.#seconds[slot] !== seconds) {
      this.#texts[slot] = Buffer.from(this.#render(seconds), "latin1");
      this.#seconds[slot] = seconds;
    }
    const text = this.#texts[slot]!;
    for (let i = 0; i < text.length; i++) out[at + i] = text[i]!;
    return at + text.length;
  }
}

const localDate = new SecondCache((seconds) => formatTime("%d/%b/%Y:%H:%M:%S", BigInt(seconds), 0, "", true));
const utcZoned = new SecondCache((seconds) => formatTime("%d/%b/%Y:%H:%M:%S +0000", BigInt(seconds), 0, "", false));
const localZoned = new SecondCache(
  (seconds) =>
    `${formatTime("%d/%b/%Y:%H:%M:%S", BigInt(seconds), 0, "", true)} ${zoneText(localOffsetMinutes(seconds))}`,
);
const rfc3164Date = new SecondCache((seconds) => formatTime("%b %e %H:%M:%S", BigInt(seconds), 0, "", true));
const isoDate = new SecondCache((seconds) => {
  const zone = zoneText(localOffsetMinutes(seconds));
  return `${formatTime("%Y-%m-%dT%H:%M:%S", BigInt(seconds), 0, "", true)}|${zone.slice(0, 3)}:${zone.slice(3)}`;
});

/** `23/Nov/2026:02:24:51.598`, local. */
export function writeLocalDateMs(wallMs: number, out: Uint8Array, at: number): number {
  const seconds = Math.floor(wallMs / 1000);
  const to = localDate.write(seconds, out, at);
  out[to] = 0x2e;
  return writePadded(Math.floor(wallMs - seconds * 1000), 3, out, to + 1);
}

/** `23/Nov/2026:02:24:51 +0000`, UTC. */
export function writeUtcDate(wallMs: number, out: Uint8Array, at: number): number {
  return utcZoned.write(Math.floor(wallMs / 1000), out, at);
}

/** `23/Nov/2026:03:24:51 +0100`, local. */
export function writeZonedDate(wallMs: number, out: Uint8Array, at: number): number {
  return localZoned.write(Math.floor(wallMs / 1000), out, at);
}

/** `Nov 23 02:24:51`, local. */
export function writeRfc3164Date(wallMs: number, out: Uint8Array, at: number): number {
  return rfc3164Date.write(Math.floor(wallMs / 1000), out, at);
}

/** `2026-11-23T02:24:51.598123+00:00`, local. */
export function writeIsoDate(wallMs: number, out: Uint8Array, at: number): number {
  const seconds = Math.floor(wallMs / 1000);
  const end = isoDate.write(seconds, out, at);
  // The cached text has one mark where the fraction goes; the zone's six bytes make room for it.
  out.copyWithin(end, end - 6, end);
  out[end - 7] = 0x2e;
  writePadded(Math.floor((wallMs - seconds * 1000) * 1000), 6, out, end - 6);
  return end + 6;
}
