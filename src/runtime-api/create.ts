// Owns the sessions that are open, and the way to run a command without a socket.

import type { CliSession } from "./command.ts";
import { runCommand } from "./dispatch.ts";
import { Session } from "./session.ts";
import type { CliLevel, RuntimeApi, RuntimeApiServices } from "./types.ts";
import { splitLine } from "./words.ts";

export function createRuntimeApi(services: RuntimeApiServices): RuntimeApi {
  const sessions = new Set<Session>();
  return {
    attach(connection, options) {
      sessions.add(new Session(services, connection, { ...options, onEnded: (session) => sessions.delete(session) }));
    },
    run: (line, level = "admin") => run(services, line, level),
    stop() {
      for (const session of [...sessions]) session.close();
    },
  };
}

function run(services: RuntimeApiServices, line: string, level: CliLevel): string {
  const session: CliSession = {
    level,
    mode: "single",
    timedPrompt: false,
    severityOutput: "none",
    timeoutMs: 0,
    closing: false,
  };
  let text = "";
  for (const words of splitLine(line).commands) {
    text += runCommand(services, session, words);
    if (session.closing) break;
  }
  return text;
}
