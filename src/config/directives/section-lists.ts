// Owns the sections that are lists kept in memory: `userlist`, `cache` and `http-errors`. Configuration manual §3.4, §3.8 and §6.

import { errorFileFault } from "./proxy-formats.ts";
import type { Run } from "./run.ts";
import {
  abort,
  badName,
  declaredBefore,
  fail,
  nameMissing,
  openDraft,
  placeOf,
  type SectionDraft,
  type SectionFamily,
} from "./section-rows.ts";
import type { Statement } from "./statement.ts";

function parseGroup(statement: Statement, run: Run, { names }: SectionDraft): void {
  const name = statement.word(1);
  const tight = "parsing-tight";
  if (name === "") return void fail(statement, run, "'group' expects <name> as arguments.", 1, tight);
  if (names.has(`group ${name}`)) return void warnDuplicate(statement, run, "group");
  names.set(`group ${name}`, statement);
  for (let at = 2; statement.word(at) !== ""; at += 2) {
    if (statement.word(at) !== "users") {
      return void fail(statement, run, "'group' only supports 'users' option.", at, tight);
    }
  }
}

function warnDuplicate(statement: Statement, run: Run, what: string): void {
  const list = run.sections.at(-1)?.name ?? "";
  const message = `ignoring duplicated ${what} '${statement.word(1)}' in userlist '${list}'.`;
  run.report.warn(statement, "PM1209", message, { word: 1, form: "parsing-tight" });
}

function parseUser(statement: Statement, run: Run, { names }: SectionDraft): void {
  const name = statement.word(1);
  const tight = "parsing-tight";
  if (name === "") return void fail(statement, run, "'user' expects <name> as arguments.", 1, tight);
  if (names.has(`user ${name}`)) return void warnDuplicate(statement, run, "user");
  names.set(`user ${name}`, statement);
  for (let at = 2; statement.word(at) !== ""; at += 2) {
    if (/^(?:password|insecure-password|groups)$/.test(statement.word(at))) continue;
    const message = "'user' only supports 'password', 'insecure-password' and 'groups' options.";
    return void fail(statement, run, message, at, tight);
  }
}

/** Words behind an option of a line: `users a,b`. */
function listBehind(statement: Statement, option: string): readonly string[] {
  const at = statement.texts.indexOf(option, 2);
  return at < 0
    ? []
    : statement
        .word(at + 1)
        .split(",")
        .filter((one) => one !== "");
}

/** Users name groups and groups name users; both must be there. */
function checkMembers(run: Run, { name: list, names }: SectionDraft): void {
  for (const [key, statement] of names) {
    const [kind = "", own = ""] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)];
    const [option, other] = kind === "user" ? ["groups", "group"] : ["users", "user"];
    const missing = listBehind(statement, option ?? "").find((one) => !names.has(`${other} ${one}`));
    if (missing === undefined) continue;
    const message = `userlist '${list}': no such ${other} '${missing}' specified in ${kind} '${own}'`;
    run.report.general("alert", "PM1403", "late", message);
    return;
  }
}

/** `userlist <name>`. */
export const USERLIST: SectionFamily = {
  name: "userlist",
  open: (statement, run) => {
    const name = statement.word(1);
    if (name === "") {
      fail(statement, run, "'userlist' expects <name> as arguments.", 1, "parsing-tight");
      return undefined;
    }
    if (statement.word(2) !== "") {
      fail(statement, run, `'userlist' cannot handle unexpected argument '${statement.word(2)}'.`, 2);
      return undefined;
    }
    if (badName(statement, run, "parsing-tight")) return undefined;
    if (declaredBefore(statement, run) !== undefined) {
      const message = `ignoring duplicated userlist '${name}'.`;
      run.report.warn(statement, "PM1209", message, { word: 1, form: "parsing-tight" });
    }
    return openDraft(statement, run);
  },
  keywords: { group: parseGroup, user: parseUser },
  unknown: (statement, run) =>
    fail(statement, run, `unknown keyword '${statement.word(0)}' in 'userlist' section`, 0, "parsing-tight"),
  late: checkMembers,
};

/** A whole number without a sign, as the cache reads its sizes. */
function cacheNumber(text: string): number | undefined {
  return /^\s*\+?\d+$/.test(text) ? Number(text) : undefined;
}

function cacheSize(statement: Statement, run: Run, { numbers }: SectionDraft): void {
  const keyword = statement.word(0);
  const text = statement.word(1);
  const value = cacheNumber(text);
  if (value === undefined || text === "") {
    run.report.warn(statement, "PM1206", `${keyword} wrong value '${text}'`, { word: 1, form: "parsing-tight" });
    abortWithError(run, statement);
    return;
  }
  numbers.set(keyword, value);
}

/** QUIRK: after a warning about a wrong value the reference refuses the file without another word. */
function abortWithError(run: Run, statement: Statement): void {
  run.report.alert(statement, "PM1206", "the value is not valid.", { word: 1 });
  run.aborted = true;
}

function closeCache(run: Run, { name, numbers }: SectionDraft): void {
  const total = numbers.get("total-max-size");
  const object = numbers.get("max-object-size");
  if (total === undefined || total === 0) {
    run.report.general("alert", "PM1201", "config", `Size not specified for cache '${name}'`);
  } else if (object !== undefined && object > (total * 1024 * 1024) / 2) {
    const half = Math.floor((total * 1024 * 1024) / 2);
    const message = `"max-object-size" is limited to an half of "total-max-size" => ${half}`;
    run.report.general("alert", "PM1206", "config", message);
  }
}

/** `cache <name>`. */
export const CACHE: SectionFamily = {
  name: "cache",
  open: (statement, run) => {
    if (nameMissing(statement, run, "'cache' expects a <name> argument")) return undefined;
    if (statement.word(2) !== "") {
      fail(statement, run, `'cache' cannot handle unexpected argument '${statement.word(2)}'.`, 2);
      return abort(run);
    }
    if (declaredBefore(statement, run) !== undefined) {
      fail(statement, run, `Duplicate cache name '${statement.word(1)}'.`, 1, "parsing-tight");
      return abort(run);
    }
    return openDraft(statement, run);
  },
  keywords: {
    "total-max-size": cacheSize,
    "max-object-size": cacheSize,
    "max-age": cacheSize,
    "max-secondary-entries": cacheSize,
    "process-vary": (statement, run) => {
      if (/^(?:on|off)$/.test(statement.word(1))) return;
      fail(statement, run, `'process-vary' expects "on" or "off" (enable or disable vary processing).`, 1);
    },
  },
  close: closeCache,
};

/** `http-errors <name>`. */
export const HTTP_ERRORS: SectionFamily = {
  name: "http-errors",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing name for http-errors section.")) return undefined;
    const first = declaredBefore(statement, run);
    badName(statement, run);
    if (first !== undefined) {
      const message = `http-errors section '${statement.word(1)}' already exists (declared at ${placeOf(first)}).`;
      fail(statement, run, message, 1, "parsing-tight");
    }
    return openDraft(statement, run);
  },
  keywords: {
    errorfile: (statement, run) => {
      const fault = errorFileFault(statement, run);
      if (fault !== undefined) fail(statement, run, fault.message, fault.word);
    },
  },
};
