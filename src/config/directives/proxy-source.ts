// Owns the rows that say from and to where connections go beside servers: `source`, `dispatch`, `transparent`. Configuration manual §4.2.

import { type AddressRules, parseAddress } from "./address.ts";
import { notInDefaults, tooManyWords, warnIgnored } from "./arguments.ts";
import { type Fault, fault, type LineCheck, laterRow } from "./proxy-later.ts";
import { BACK, DEFAULTS_AND_BACK, type ProxyRow } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

const PLAIN: AddressRules = { portNeeded: false, portRange: false, portOffset: false, descriptor: false, names: true };

/** What is wrong with an address that must be known now; undefined when nothing is. */
export function addressFault(run: Run, text: string, rules: Partial<AddressRules> = {}): string | undefined {
  const answer = parseAddress(text, { ...PLAIN, ...rules });
  if ("problem" in answer) return answer.unsupported ? undefined : answer.problem;
  const { address } = answer;
  if (address.kind !== "name" || run.environment.resolveName(address.name) !== undefined) return undefined;
  return `invalid address: '${address.name}' in '${text}'`;
}

/** How the reference words the faults of `source` in proxies and behind `server`. */
export interface SourceWords {
  readonly missing: string;
  readonly missingUse: string;
  readonly missingInterface: string;
  readonly portRange: boolean;
}

const PROXY_WORDS: SourceWords = {
  missing: "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>.",
  missingUse: "'usesrc' expects <addr>[:<port>], 'client', or 'clientip' as argument.",
  missingInterface: "'source' : missing interface name.",
  portRange: false,
};

/** Reads `source` at word `at`: the place of the first word that is not its own, or what is wrong. */
export function readSource(
  run: Run,
  statement: Statement,
  at: number,
  words: SourceWords,
): { readonly next: number } | { readonly fault: Fault } {
  const text = statement.word(at + 1);
  if (text === "") return { fault: fault("PM1201", at + 1, words.missing) };
  const wrong = addressFault(run, text, { portRange: words.portRange });
  if (wrong !== undefined) return { fault: fault("PM1207", at + 1, `'source ${text}' : ${wrong}`) };
  let next = at + 2;
  for (;;) {
    const [word, value] = [statement.word(next), statement.word(next + 1)];
    if (word === "usesrc") {
      if (value === "") return { fault: fault("PM1201", next + 1, words.missingUse) };
      const problem = /^(?:client|clientip|hdr_ip\(.*)$/.test(value) ? undefined : addressFault(run, value);
      if (problem !== undefined) return { fault: fault("PM1207", next + 1, `'usesrc ${value}' : ${problem}`) };
    } else if (word === "interface") {
      if (value === "") return { fault: fault("PM1201", next + 1, words.missingInterface) };
    } else return { next };
    next += 2;
  }
}

const checkSource: LineCheck = (statement, scope) => {
  warnIgnored(scope, statement, "backend");
  const read = readSource(scope.run, statement, 0, PROXY_WORDS);
  if ("fault" in read) return read.fault;
  if (statement.word(read.next) === "") return undefined;
  return fault("PM1203", read.next, "'source' only supports optional keywords 'interface' and 'usesrc'.");
};

const checkDispatch: LineCheck = (statement, scope) => {
  if (notInDefaults(scope, statement)) return false;
  warnIgnored(scope, statement, "backend");
  const text = statement.word(1);
  const wrong =
    text === ""
      ? "'' resolves to an empty address (environment variable missing?)"
      : addressFault(scope.run, text, { portNeeded: true });
  if (wrong !== undefined) return fault("PM1207", 1, `'dispatch' : ${wrong}`);
  return tooManyWords(scope.run, statement, 1) ? false : undefined;
};

/** Where connections come from and go to. */
export const PROXY_SOURCE_ROWS: readonly ProxyRow[] = [
  laterRow(
    {
      name: "source",
      sections: DEFAULTS_AND_BACK,
      syntax:
        "<address>[:<port>] [usesrc <address>|client|clientip|hdr_ip(<header>[,<occurrence>])] [interface <name>]",
      since: "1.0",
      doc: "Address that connections to servers come from.",
    },
    checkSource,
  ),
  laterRow(
    { name: "dispatch", sections: BACK, syntax: "<address>:<port>", since: "1.0", doc: "Server without a name." },
    checkDispatch,
  ),
  laterRow(
    {
      name: "transparent",
      sections: DEFAULTS_AND_BACK,
      syntax: "",
      since: "1.3",
      doc: "Connect to the client's own destination.",
    },
    (statement, scope) => (tooManyWords(scope.run, statement, 0) ? false : undefined),
  ),
];
