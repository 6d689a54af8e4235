// The door of the HTTP/1 codec (RFC 9112): heads in, heads out, the end of a chunked body. Bytes only; no sockets, no clock, no strings.

export { ChunkedDecoder, chunkLineBytesMax, trailerBytesMax, trailerCountMax } from "./chunked.ts";
export {
  type ConnectionMode,
  connectionModes,
  encodeHead,
  encodeScratch,
  requestConnectionMode,
  responseConnectionMode,
} from "./encode.ts";
export { type H1Error, h1ErrorStatus, h1Errors, h1ErrorText } from "./errors.ts";
export { headFits } from "./limit.ts";
export { parseRequestHead } from "./request.ts";
export { parseResponseHead } from "./response.ts";
