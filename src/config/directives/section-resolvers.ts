// Owns the sections whose lines are names with addresses: `resolvers` and `mailers`. Configuration manual §3.6 and §5.3.2.

import { parseAddress } from "./address.ts";
import type { Run } from "./run.ts";
import {
  abort,
  badName,
  checkTime,
  declaredBefore,
  fail,
  nameMissing,
  openDraft,
  placeOf,
  type SectionDraft,
  type SectionFamily,
} from "./section-rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

const ADDRESS = { portNeeded: true, portRange: false, portOffset: false, descriptor: false, names: true };

/** Checks `<keyword> <name> <address>:<port>`; false after an alert. */
function checkNamedAddress(statement: Statement, run: Run, local: boolean): boolean {
  const [keyword, name, text] = [statement.word(0), statement.word(1), statement.word(2)];
  if (text === "") {
    fail(statement, run, `'${keyword}' expects <name> and <addr>[:<port>] as arguments.`, name === "" ? 1 : 2);
    return false;
  }
  // Addresses expand variables of their own, outside of quotes too.
  const expanded = text.replace(/\$\{(\w+)\}/g, (_, variable: string) => run.variables.get(variable) ?? "");
  const answer = parseAddress(expanded.replace(/^(?:dgram\+)?udp[46]?@/, ""), ADDRESS);
  const title = `'${keyword} ${name}'`;
  if ("problem" in answer) {
    if (answer.unsupported !== true) fail(statement, run, `${title} : ${answer.problem}`, 2);
    return answer.unsupported === true;
  }
  const { address } = answer;
  if (address.kind === "name" && run.environment.resolveName(address.name) === undefined) {
    fail(statement, run, `${title} : invalid address: '${address.name}' in '${text}'`, 2);
    return false;
  }
  if (address.kind === "unix" && !local) {
    fail(statement, run, `${title} : TCP not supported for this address family.`, 2);
    return false;
  }
  return true;
}

function parseNameserver(statement: Statement, run: Run, { names }: SectionDraft): void {
  if (!checkNamedAddress(statement, run, true)) return;
  const name = statement.word(1);
  const first = names.get(name);
  if (first !== undefined) {
    const message = `nameserver '${name}' has same name as another nameserver (declared at ${placeOf(first)}).`;
    run.report.alert(statement, "PM1302", message, { word: 1, form: "section" });
    return;
  }
  names.set(name, statement);
}

function parseHold(statement: Statement, run: Run): void {
  const event = statement.word(1);
  if (statement.word(2) === "") {
    fail(statement, run, "'hold' expects an <event> and a <time> as arguments.", event === "" ? 1 : 2);
    const message = "<event> can be either 'valid', 'nx', 'refused', 'timeout', or 'other'";
    run.report.alert(statement, "PM1201", message, { word: 1, form: "config" });
    return;
  }
  if (!checkTime(statement, run, 2, "hold", event)) return;
  warnSmallTime(statement, run);
  if (/^(?:nx|other|refused|timeout|valid|obsolete)$/.test(event)) return;
  const message = `'hold' unknown <event>: '${event}', expects either 'nx', 'timeout', 'valid', 'obsolete' or 'other'.`;
  fail(statement, run, message, 1);
}

function parseResolversTimeout(statement: Statement, run: Run): void {
  const kind = statement.word(1);
  const usage = "'timeout' expects 'retry' or 'resolve' and <time> as arguments";
  if (kind === "") fail(statement, run, `${usage}.`, 1);
  else if (kind !== "retry" && kind !== "resolve") fail(statement, run, `${usage} got '${kind}'.`, 1);
  else if (statement.word(2) === "") fail(statement, run, `'timeout ${kind}' expects <time> as argument.`, 2);
  else if (checkTime(statement, run, 2, `timeout ${kind}`)) warnSmallTime(statement, run);
}

/** The reference calls this an alert and goes on: a warning here. */
function warnSmallTime(statement: Statement, run: Run): void {
  const text = statement.word(2);
  if (!/^\d{1,2}$/.test(text) || Number(text) === 0) return;
  const line = `${statement.word(0)} ${statement.word(1)} ${text}`;
  const message = `'${line}' looks suspiciously small for a value in milliseconds. Please use an explicit unit ('${text}ms') if that was the intent.`;
  run.report.warn(statement, "PM1210", message, { word: 2 });
}

function parsePayloadSize(statement: Statement, run: Run): void {
  const text = statement.word(1);
  if (text === "") fail(statement, run, "'accepted_payload_size' expects <nb> as argument.", 1);
  else if (looseInteger(text) < 12 || looseInteger(text) > 65535) {
    fail(statement, run, `'accepted_payload_size' must be between 12 and 65535 inclusive (was ${text}).`, 1);
  }
}

/** `resolvers <name>`. */
export const RESOLVERS: SectionFamily = {
  name: "resolvers",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing name for resolvers section.")) return undefined;
    if (badName(statement, run)) return abort(run);
    const first = declaredBefore(statement, run);
    if (first !== undefined) {
      const message = `resolvers '${statement.word(1)}' has same name as another resolvers (declared at ${placeOf(first)}).`;
      run.report.alert(statement, "PM1104", message, { word: 1, form: "section" });
      return abort(run);
    }
    return openDraft(statement, run);
  },
  keywords: {
    nameserver: parseNameserver,
    "parse-resolv-conf": (_statement, _run, { names }) => {
      names.set("/etc/resolv.conf", _statement);
    },
    hold: parseHold,
    accepted_payload_size: parsePayloadSize,
    resolution_pool_size: (statement, run) =>
      fail(
        statement,
        run,
        "'resolution_pool_size' directive is not supported anymore (it never appeared in a stable release).",
        0,
      ),
    resolve_retries: (statement, run) => {
      if (statement.word(1) === "") fail(statement, run, "'resolve_retries' expects <nb> as argument.", 1);
    },
    timeout: parseResolversTimeout,
  },
  late: (run, { name, names, statement }) => {
    if (names.size > 0) return;
    const message = `resolvers '${name}' [${placeOf(statement)}] has no nameservers configured!`;
    run.report.general("warning", "PM1210", "late", message);
  },
};

function parseMailTimeout(statement: Statement, run: Run): void {
  const kind = statement.word(1);
  if (kind === "") fail(statement, run, "'timeout' expects 'mail' and <time> as arguments.", 1);
  else if (kind !== "mail") fail(statement, run, `'timeout' expects 'mail' and <time> as arguments got '${kind}'.`, 1);
  else if (statement.word(2) === "") fail(statement, run, "'timeout mail' expects <time> as argument.", 2);
  else checkTime(statement, run, 2, "timeout mail");
}

/** `mailers <name>`. */
export const MAILERS: SectionFamily = {
  name: "mailers",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing name for mailers section.")) return undefined;
    if (badName(statement, run)) return abort(run);
    const first = declaredBefore(statement, run);
    if (first !== undefined) {
      const message = `mailers section '${statement.word(1)}' has the same name as another mailers section declared at ${placeOf(first)}.`;
      run.report.alert(statement, "PM1104", message, { word: 1, form: "section" });
    }
    return openDraft(statement, run);
  },
  keywords: {
    mailer: (statement, run) => void checkNamedAddress(statement, run, false),
    timeout: parseMailTimeout,
  },
};
