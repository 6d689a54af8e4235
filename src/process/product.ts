// Owns what Pointsman calls itself: its own version, and the version of the configuration language that it speaks.

/** The product and its version; the package file says the same (a test compares them). */
export const PRODUCT = {
  name: "Pointsman",
  version: "0.1.0",
  /** yyyy/mm/dd, as the reference prints its own. */
  releaseDate: "2026/11/23",
  /** The branch of the reference whose language, messages and statistics these are (`HAPROXY_BRANCH`). */
  languageBranch: "3.2",
  /** The release that it is held against; `.if version_atleast(…)` compares with this one. */
  languageVersion: "3.2.26",
} as const;

/**
 * What stands where the reference has its version. Scripts look for "HAProxy version X.Y" and compare X.Y; the suffix says
 * what really runs.
 */
export const COMPATIBLE_VERSION = `${PRODUCT.languageVersion}-pointsman-${PRODUCT.version}`;
