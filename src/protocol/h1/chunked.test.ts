import { expect, test } from "bun:test";
import { latin1Bytes } from "../../stdx/index.ts";
import { ChunkedDecoder, chunkLineBytesMax, trailerBytesMax, trailerCountMax } from "./chunked.ts";
import { h1Errors } from "./errors.ts";

function scan(text: string): { readonly decoder: ChunkedDecoder; readonly consumed: number } {
  const decoder = new ChunkedDecoder();
  const bytes = latin1Bytes(text);
  return { decoder, consumed: decoder.scan(bytes, 0, bytes.length) };
}

test("limits of a size line and of trailers", () => {
  const line = (length: number) => scan(`1;${"x".repeat(length - 2)}\r\na\r\n0\r\n\r\n`).decoder;
  expect(line(chunkLineBytesMax - 1).done).toBe(true);
  expect(line(chunkLineBytesMax + 1).error).toBe(h1Errors.badChunk);
  const trailers = (count: number) => scan(`0\r\n${"a: b\r\n".repeat(count)}\r\n`).decoder;
  expect(trailers(trailerCountMax).done).toBe(true);
  expect(trailers(trailerCountMax + 1).error).toBe(h1Errors.badTrailer);
  expect(scan(`0\r\na: ${"x".repeat(trailerBytesMax)}\r\n\r\n`).decoder.error).toBe(h1Errors.badTrailer);
});

test("the end is found inside the offered bytes, and the decoder is used again", () => {
  const { decoder, consumed } = scan("3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
  expect(decoder.done).toBe(true);
  expect(consumed).toBe(13);
  expect(decoder.payloadBytes).toBe(3);
  decoder.reset();
  const next = latin1Bytes("0\r\n\r\n");
  expect(decoder.scan(next, 0, 5)).toBe(5);
  expect(decoder.done).toBe(true);
  expect(decoder.payloadBytes).toBe(0);
  expect(decoder.scan(next, 0, 5)).toBe(0);
});

test("payload ranges are offsets into the offered bytes, and a full array ends the call", () => {
  const decoder = new ChunkedDecoder();
  const bytes = latin1Bytes("xx1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n");
  const ranges = new Int32Array(4);
  const first = decoder.scan(bytes, 2, bytes.length, ranges);
  expect([...ranges]).toEqual([5, 6, 11, 13]);
  expect(decoder.rangeCount).toBe(2);
  const second = decoder.scan(bytes, 2 + first, bytes.length, ranges);
  expect(decoder.rangeCount).toBe(1);
  expect(2 + first + second).toBe(bytes.length);
  expect(decoder.done).toBe(true);
  expect(decoder.payloadBytes).toBe(6);
});
