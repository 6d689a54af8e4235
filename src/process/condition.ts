// Owns `-cc`: a condition of `.if` evaluated from the command line, with this process's environment. Management manual §3 ("-cc").

import { writeSync } from "node:fs";
import { evaluateConfigCondition } from "../config/index.ts";
import { environmentVariables } from "./environment.ts";

/** The exit code: 0 true, 1 false, 2 when the condition cannot be evaluated. */
export function conditionExitCode(condition: string): number {
  const variables = environmentVariables({ files: [], localPeer: undefined, masterWorker: false });
  const answer = evaluateConfigCondition(condition, (name) => variables[name]);
  if ("value" in answer) return answer.value ? 0 : 1;
  writeSync(2, `[ALERT]    (${process.pid}) : Failed to evaluate condition: ${answer.problem}\n`);
  return 2;
}
