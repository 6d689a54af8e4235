// Owns the recording of the reference's answers to all cases of `test/sample/cases`: run it with `bun test/differential/acl-record.ts` when cases were
// added. It writes `test/sample/golden/*.json`, one line per request or case.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as cases from "../sample/cases.ts";
import { askConditions, askRules, askValues } from "./acl-oracle.ts";

/** The answers by the name of their file. Each is a list of lists: what was said on each request. */
export async function recordAnswers(): Promise<Readonly<Record<string, readonly (readonly unknown[])[]>>> {
  const rules: (readonly string[])[] = [];
  for (const one of cases.ruleCases) rules.push(await askRules(one, cases.ruleRequests));
  return {
    "request-expressions": await askValues(cases.requestExpressions, cases.expressionRequests),
    "constant-expressions": await askValues(cases.constantExpressions, cases.anyRequest),
    conditions: await askConditions(cases.conditions, cases.conditionRequests),
    rules,
  };
}

if (import.meta.main) {
  const folder = join(import.meta.dir, "../sample/golden");
  mkdirSync(folder, { recursive: true });
  for (const [name, answers] of Object.entries(await recordAnswers())) {
    const lines = answers.map((answer) => JSON.stringify(answer));
    writeFileSync(join(folder, `${name}.json`), `[\n${lines.join(",\n")}\n]\n`);
  }
}
