// Owns the tables of all fetches and converters, collected explicitly from the folders beside this file, and the names that the language has
// but Pointsman does not yet.

import { aesConverters } from "./converters/aes.ts";
import { bitConverters } from "./converters/bits.ts";
import { debugConverters } from "./converters/debug.ts";
import { encodingConverters } from "./converters/encoding.ts";
import { fieldConverters } from "./converters/fields.ts";
import { fixConverters } from "./converters/fix.ts";
import { forwardedConverters } from "./converters/forwarded.ts";
import { hashConverters } from "./converters/hash.ts";
import { jsonQueryConverters } from "./converters/json-query.ts";
import { jwtConverters } from "./converters/jwt.ts";
import { languageConverters } from "./converters/language.ts";
import { mqttConverters } from "./converters/mqtt.ts";
import { networkConverters } from "./converters/network.ts";
import { numberConverters } from "./converters/numbers.ts";
import { protobufConverters } from "./converters/protobuf.ts";
import { regsubConverters } from "./converters/regsub.ts";
import { stringConverters } from "./converters/strings.ts";
import { timeConverters } from "./converters/time.ts";
import { variableConverters } from "./converters/variables.ts";
import { x509Converters } from "./converters/x509-errors.ts";
import { authFetches } from "./fetches/auth.ts";
import { bufferFetches } from "./fetches/buffers.ts";
import { connectionFetches } from "./fetches/connection.ts";
import { constantFetches } from "./fetches/constants.ts";
import { cookieFetches } from "./fetches/cookies.ts";
import { headerFetches } from "./fetches/headers.ts";
import { internalFetches } from "./fetches/internal.ts";
import { requestFetches } from "./fetches/request.ts";
import { tlsFetches } from "./fetches/tls.ts";
import { transactionFetches } from "./fetches/transaction.ts";
import { converterNameList, fetchNameList } from "./names.ts";
import type { ConverterRow, FetchRow } from "./rows.ts";

/** All fetches. */
export const fetchRows: readonly FetchRow[] = [
  ...constantFetches,
  ...internalFetches,
  ...connectionFetches,
  ...tlsFetches,
  ...bufferFetches,
  ...requestFetches,
  ...headerFetches,
  ...cookieFetches,
  ...authFetches,
  ...transactionFetches,
];

/** All converters. */
export const converterRows: readonly ConverterRow[] = [
  ...numberConverters,
  ...bitConverters,
  ...stringConverters,
  ...fieldConverters,
  ...regsubConverters,
  ...encodingConverters,
  ...hashConverters,
  ...networkConverters,
  ...timeConverters,
  ...variableConverters,
  ...languageConverters,
  ...fixConverters,
  ...mqttConverters,
  ...protobufConverters,
  ...aesConverters,
  ...jwtConverters,
  ...jsonQueryConverters,
  ...forwardedConverters,
  ...x509Converters,
  ...debugConverters,
];

const fetchesByName = new Map<string, FetchRow>();
for (const row of fetchRows) {
  fetchesByName.set(row.name, row);
  for (const alias of row.aliases ?? []) fetchesByName.set(alias, row);
}
const convertersByName = new Map(converterRows.map((row) => [row.name, row]));

/** Every name of the reference's language, done here or not. */
export const knownNames = { fetches: new Set(fetchNameList), converters: new Set(converterNameList) };

/** The row of a fetch by its name or alias. */
export function fetchRow(name: string): FetchRow | undefined {
  return fetchesByName.get(name);
}

/** The row of a converter. */
export function converterRow(name: string): ConverterRow | undefined {
  return convertersByName.get(name);
}

/** Every name that may start an expression, aliases included, for suggestions. */
export function fetchNames(): readonly string[] {
  return [...fetchesByName.keys()];
}

/** Every converter name, for suggestions. */
export function converterNames(): readonly string[] {
  return [...convertersByName.keys()];
}
