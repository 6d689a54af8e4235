// The door of the sample language.

export { readArgument } from "./arguments.ts";
export type { ExpressionReference } from "./availability.ts";
export { evaluationPoint, expressionReferences, missingSource } from "./availability.ts";
export type { Cast } from "./cast.ts";
export { castBetween, typeOfValue } from "./cast.ts";
export type { CompiledExpression, CompiledSource } from "./compile.ts";
export { compileExpression, compileSource } from "./compile.ts";
export {
  embeddedIpv4,
  formatIp,
  mapToIpv6,
  maskIp,
  parseIp,
  parseIpv4,
  parseIpv6,
  parseMask4,
  parseMask6,
} from "./ip.ts";
export type { ParsedExpression, ParseOptions } from "./parse.ts";
export { parseExpression } from "./parse.ts";
export type { ReferencedProxy, ReferencePlace } from "./references.ts";
export { referenceProblem } from "./references.ts";
export {
  compileMatcher,
  compileRegex,
  expandTemplate,
  regexProblem,
  regexSubjectLimit,
  testRegex,
  translateRegex,
} from "./regex.ts";
export type { ByteRange, ConverterRow, FetchRow, Parameter, RangeFinder } from "./rows.ts";
export { formatTime, localOffsetMinutes, zoneText } from "./strftime.ts";
export { converterNames, converterRow, converterRows, fetchNames, fetchRow, fetchRows, knownNames } from "./tables.ts";
export { lowerAscii } from "./text.ts";
export type {
  Argument,
  ConverterCall,
  EndpointView,
  ExpressionContext,
  FetchCall,
  IpAddress,
  LanguageProblem,
  NameKind,
  SampleExpression,
  SamplePhase,
  SampleType,
  SampleValue,
  SampleView,
} from "./types.ts";
export { variableProblem } from "./variables.ts";
