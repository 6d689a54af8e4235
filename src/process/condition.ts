// Owns `-cc`: a condition of `.if` evaluated from the command line. The front end evaluates it inside a configuration of one block, so
// that both can never differ. Management manual §3 ("-cc").

import { writeSync } from "node:fs";
import { loadConfiguration } from "../config/index.ts";
import { renderDiagnostic } from "../diagnostics/index.ts";
import { createEnvironment } from "./environment.ts";

const YES = "pointsman-condition-holds";

/** The exit code: 0 true, 1 false, 2 when the condition cannot be evaluated. */
export function conditionExitCode(condition: string): number {
  const environment = createEnvironment({
    files: [],
    localPeer: undefined,
    masterWorker: false,
    diagnosticMode: false,
    ipv4Only: false,
  });
  if (condition.includes("\n")) return 2;
  const text = `.if ${condition}\n.notice ${YES}\n.endif\n`;
  const { diagnostics } = loadConfiguration([{ path: "-cc", text }], environment);
  if (diagnostics.some(({ severity, message }) => severity === "notice" && message.includes(YES))) return 0;
  const wrong = diagnostics.filter(({ span, severity }) => severity === "alert" && span?.line === 1);
  for (const diagnostic of wrong) {
    writeSync(2, `${renderDiagnostic(diagnostic, { pid: process.pid, color: false })}\n`);
  }
  return wrong.length > 0 ? 2 : 1;
}
