// The door of the sample language.

export type { CompiledExpression } from "./compile.ts";
export { compileExpression } from "./compile.ts";
export type { ParsedExpression } from "./parse.ts";
export { parseExpression } from "./parse.ts";
export { converterNames, fetchNames } from "./tables.ts";
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
