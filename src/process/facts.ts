// Owns what the process knows of itself for statistics and for the runtime API.

import type { ConfigurationModel } from "../config/model/index.ts";
import type { ProductFacts } from "../stats/index.ts";
import { PRODUCT } from "./product.ts";

export interface FactsOptions {
  readonly model: ConfigurationModel;
  readonly hostname: string;
  readonly nbthread: number;
  readonly descriptors: number;
  readonly maxconn: number;
  readonly warnings: number;
  readonly bootTimeMs: number;
}

/** The facts of this start. */
export function productFacts(options: FactsOptions): ProductFacts {
  return {
    name: PRODUCT.name,
    version: PRODUCT.version,
    releaseDate: PRODUCT.releaseDate,
    nbthread: options.nbthread,
    node: options.model.global.node ?? options.hostname,
    ulimitN: options.descriptors,
    maxconn: options.maxconn,
    bootTimeMs: options.bootTimeMs,
    warnings: options.warnings,
  };
}
