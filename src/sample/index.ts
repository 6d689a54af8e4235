// The door of the sample language.

export type {
  Argument,
  ConverterCall,
  EndpointView,
  FetchCall,
  IpAddress,
  SampleExpression,
  SamplePhase,
  SampleType,
  SampleValue,
  SampleView,
} from "./types.ts";
