// Owns the entry of the program: reads the command line, prints what is only to be printed, and hands a run to `process/`. What is
// rarely needed is imported only then, since every module costs start time. It must not know how anything works.

import { writeSync } from "node:fs";
import { evaluateCondition, launcherPath, runProcess } from "../process/index.ts";
import { type Command, parseArguments } from "./arguments.ts";

/** The reference shows how it was called; Bun shows the path of the entry. */
const PROGRAM = "pointsman";

async function main(words: readonly string[]): Promise<void> {
  const command = parseArguments(words);
  if (command.kind === "run") {
    await runProcess(command.options);
    return;
  }
  if (command.kind === "demo") {
    const { runDemo } = await import("./demo/index.ts");
    process.exit(await runDemo(command.args, launcherPath()));
  }
  process.exitCode = await answer(command);
}

/** Everything that ends at once. Returns the exit code. */
async function answer(command: Exclude<Command, { kind: "run" | "demo" }>): Promise<number> {
  switch (command.kind) {
    case "fmt": {
      const { runFmt } = await import("./fmt.ts");
      return runFmt(command.args);
    }
    case "print": {
      const { runPrint } = await import("./print.ts");
      return runPrint(command.args);
    }
    case "version": {
      const { buildText, versionText } = await import("./texts.ts");
      writeSync(1, command.long ? versionText() + buildText() : versionText());
      return 0;
    }
    case "condition":
      return evaluateCondition(command.text);
    case "unsupported":
      writeSync(2, `[ALERT]    (${process.pid}) : the flag ${command.flag} is not supported yet: ${command.why}.\n`);
      return 1;
    case "usage": {
      const { usageText, versionText } = await import("./texts.ts");
      writeSync(1, versionText());
      if (command.problem !== undefined) writeSync(2, `${command.problem}\n\n`);
      writeSync(2, usageText(PROGRAM));
      return 1;
    }
  }
}

// Not awaited: a bundle in the form that can be compiled ahead has no top-level await. A rejection ends the process with a message.
void main(process.argv.slice(2));
