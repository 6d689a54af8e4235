// Owns the list of all fuzz targets: one import and one entry per target.

import { acl, rule } from "./acl.ts";
import { clientHello } from "./client-hello.ts";
import { config } from "./config.ts";
import { expression, regex } from "./expression.ts";
import { h1Chunked } from "./h1-chunked.ts";
import { h1Request } from "./h1-request.ts";
import { h1Response } from "./h1-response.ts";
import { logFormat, logTarget } from "./log-format.ts";
import { checkResponse, runtimeApi, statsRequest } from "./runtime-api.ts";
import type { FuzzTarget } from "./target.ts";

/** Every target. The smoke test runs each a little; `bun test/fuzz/long.ts NAME SECONDS` runs one for long. */
export const fuzzTargets: readonly FuzzTarget[] = [
  acl,
  rule,
  expression,
  regex,
  logFormat,
  logTarget,
  clientHello,
  config,
  h1Request,
  h1Response,
  h1Chunked,
  runtimeApi,
  statsRequest,
  checkResponse,
];
