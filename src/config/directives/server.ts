// Owns the lines that declare servers: `server` and `default-server`. Configuration manual §4.2 and §5.2.

import { nearestName } from "../../diagnostics/index.ts";
import type { AddressModel } from "../model/index.ts";
import { parseAddress } from "./address.ts";
import { copyServerSettings, hasBackend, type ServerDraft, type ServerSettings, sectionTitle } from "./draft.ts";
import type { ProxyScope } from "./rows.ts";
import { SERVER_OPTION_ROWS, type ServerOptionRow, type ServerOptionTarget } from "./server-options.ts";
import { SERVER_OPTIONS_LATER } from "./server-options-later.ts";
import { SERVER_TLS_OPTION_ROWS } from "./server-tls-options.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter } from "./values.ts";

/** Every option of `server`, by name. */
export const SERVER_OPTIONS: ReadonlyMap<string, ServerOptionRow> = new Map(
  [...SERVER_OPTION_ROWS, ...SERVER_TLS_OPTION_ROWS, ...SERVER_OPTIONS_LATER].map((row) => [row.name, row]),
);

/** False, and an alert in the reference's form, when servers cannot stand here. */
function serversAllowed(statement: Statement, { run, draft }: ProxyScope): boolean {
  const keyword = statement.word(0);
  if (hasBackend(draft) && (draft.section !== "defaults" || keyword === "default-server")) return true;
  const message =
    draft.section === "defaults"
      ? `'${keyword}' not allowed in 'defaults' section.`
      : `parsing [${statement.file}:${statement.line}] : '${keyword}' not allowed because ${sectionTitle(draft)} has no backend capability.`;
  run.report.alert(statement, "PM1102", message, { form: "place" });
  return false;
}

/** `server <name> <address> …` */
export function parseServer(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  if (!serversAllowed(statement, scope)) return;
  const [name, text] = [statement.word(1), statement.word(2)];
  if (name === "" || text === "") {
    const message = "'server' expects <name> and <addr>[:<port>] as arguments.";
    run.report.alert(statement, "PM1201", message, { word: name === "" ? 1 : 2, form: "place" });
    return;
  }
  declareServers(statement, scope, 2, [name]);
}

/** Most servers that one template makes. */
const MAX_TEMPLATE = 65_536;

/** `server-template <prefix> <number|range> <address> …` */
export function parseServerTemplate(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  if (!serversAllowed(statement, scope)) return;
  const [prefix, range, text] = [statement.word(1), statement.word(2), statement.word(3)];
  if (prefix === "" || range === "" || text === "") {
    const message = "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.";
    run.report.alert(statement, "PM1201", message, { word: prefix === "" ? 1 : range === "" ? 2 : 3, form: "place" });
    return;
  }
  const match = /^(\d+)(?:-(\d+))?$/.exec(range);
  const first = match?.[2] === undefined ? 1 : Number(match[1]);
  const last = Number(match?.[2] ?? match?.[1] ?? 0);
  const bad = badNameCharacter(prefix);
  if (bad === undefined && (first < 1 || last < first)) {
    const message = `Wrong server-template number or range arg '${range}'.`;
    run.report.alert(statement, "PM1204", message, { word: 2, form: "place" });
    return;
  }
  const count = Math.min(last - first + 1, MAX_TEMPLATE);
  const names = Array.from({ length: bad === undefined ? count : 1 }, (_, index) => `${prefix}${first + index}`);
  if (!declareServers(statement, scope, 3, names)) return;
  run.report.alert(statement, "PM1901", "'server-template' is not supported yet", { form: "place" });
}

/** Declares servers that share the address at word `at` and the options behind it; false after an alert. */
function declareServers(statement: Statement, scope: ProxyScope, at: number, names: readonly string[]): boolean {
  const { run, draft } = scope;
  const keyword = statement.word(0);
  const written = statement.word(1);
  const bad = badNameCharacter(written);
  if (bad !== undefined) {
    const what = keyword === "server" ? "server name" : "server-template prefix";
    const message = `character '${bad}' is not permitted in ${what} '${written}'.`;
    run.report.alert(statement, "PM1203", message, { word: 1, form: "place" });
    return false;
  }
  const intro = `'${keyword} ${draft.name}/${written}' : `;
  const address = serverAddress(statement, scope, at, intro, written);
  if (address === undefined) return false;
  const server: ServerDraft = {
    statement,
    name: names[0] ?? written,
    address,
    id: undefined,
    settings: copyServerSettings(draft.settings.defaultServer),
  };
  const right = parseServerOptions(scope, statement, at + 1, server.settings, written, intro, takeId(scope, server));
  if (!right || !checksFit(statement, scope, server.settings, intro)) return false;
  draft.servers.push(server);
  for (const name of names.slice(1)) draft.servers.push({ ...server, name, id: undefined });
  return true;
}

/** Options that exclude each other, or need one another; false after an alert. */
function checksFit(statement: Statement, { run, draft }: ProxyScope, settings: ServerSettings, intro: string): boolean {
  const { later } = settings;
  const say = (message: string, option: string) =>
    run.report.alert(statement, "PM1203", intro + message, {
      form: "place",
      word: Math.max(0, statement.texts.indexOf(option)),
    });
  if (settings.check && later.has("track")) {
    say("unable to enable checks and tracking at the same time!", "track");
    return false;
  }
  if (later.has("agent-check") && !later.has("no-agent-check") && !later.has("agent-port")) {
    // QUIRK: the reference calls this an alert and goes on.
    const message = `${intro}server ${statement.word(1)} does not have agent port. Agent check has been disabled.`;
    run.report.warn(statement, "PM1201", message, { form: "place", word: statement.texts.indexOf("agent-check") });
  }
  if (later.get("observe")?.value === "layer7" && draft.settings.mode !== "http") {
    say("'layer7' can only be used in http proxies..", "layer7");
    return false;
  }
  return true;
}

/** The address of a server; undefined after an alert. */
function serverAddress(
  statement: Statement,
  { run }: ProxyScope,
  at: number,
  intro: string,
  name: string,
): AddressModel | undefined {
  const text = statement.word(at);
  const answer = parseAddress(text, {
    portNeeded: false,
    portRange: false,
    portOffset: true,
    descriptor: false,
    names: true,
  });
  if ("problem" in answer) {
    run.report.alert(statement, answer.unsupported ? "PM1901" : "PM1207", intro + answer.problem, {
      word: at,
      form: "place",
    });
    return answer.unsupported ? { kind: "unix", path: text } : undefined;
  }
  const later = (what: string, hint?: string) =>
    run.report.alert(statement, "PM1901", `${intro}${what} is not supported yet`, { word: at, form: "place", hint });
  if (answer.any && "port" in answer.address) {
    later("a server at address '*'", "Here `*` means the address that the client connected to.");
  } else if (/:[+-]/.test(text)) later("a port relative to the client's");
  if (answer.address.kind === "name" && !isHostName(answer.address.name)) {
    const message = `${intro}Can't create DNS resolution for server '${name}'`;
    run.report.alert(statement, "PM1207", message, { word: at, form: "place" });
    return undefined;
  }
  return answer.address;
}

/** Labels of up to 63 characters, none of them empty. Which characters they may hold is left to whoever looks the name up. */
function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, "").split(".");
  return name.length <= 255 && labels.every((label) => label.length >= 1 && label.length <= 63);
}

function takeId({ draft }: ProxyScope, server: ServerDraft): ServerOptionTarget["setId"] {
  return (id) => {
    const other = draft.servers.find((one) => one.id === id);
    if (other !== undefined) {
      const { file, line } = other.statement;
      return `'id' : custom id ${id} already used at ${file}:${line} ('server ${other.name}')`;
    }
    server.id = id;
    return undefined;
  };
}

/** `default-server …`: what the servers declared behind it begin with. */
export function parseDefaultServer(statement: Statement, scope: ProxyScope): void {
  if (!serversAllowed(statement, scope)) return;
  parseServerOptions(scope, statement, 1, scope.draft.settings.defaultServer, "default-server", "", undefined);
}

/** A name with parentheses, as in `set-proxy-v2-tlv-fmt(0x20)`, selects the row of its first part. */
function serverOption(name: string): ServerOptionRow | undefined {
  const row = SERVER_OPTIONS.get(name);
  if (row !== undefined || !name.startsWith("set-proxy-v2-tlv-fmt")) return row;
  return SERVER_OPTIONS.get("set-proxy-v2-tlv-fmt");
}

function parseServerOptions(
  scope: ProxyScope,
  statement: Statement,
  from: number,
  settings: ServerSettings,
  server: string,
  intro: string,
  setId: ServerOptionTarget["setId"],
): boolean {
  const { run } = scope;
  let at = from;
  const form = "place";
  const warn = (message: string) => run.report.warn(statement, "PM1210", intro + message, { word: at + 1, form });
  for (; statement.word(at) !== ""; ) {
    const name = statement.word(at);
    const row = serverOption(name);
    if (row === undefined) {
      const guess = nearestName(name, SERVER_OPTIONS.keys());
      const tail = guess === undefined ? "." : `; did you mean '${guess}' maybe ?`;
      const hint = intro === "" ? " Hint: no address was expected for this server." : "";
      run.report.alert(statement, "PM1101", `${intro}unknown keyword '${name}'${tail}${hint}`, { word: at, form });
      return false;
    }
    const value = statement.word(at + 1);
    if ((name === "id" || name === "guid") && setId === undefined) {
      // QUIRK: the reference calls this an alert and goes on.
      run.report.warn(statement, "PM1203", `'${name}' option is not accepted in default-server sections`, {
        word: at,
        form,
      });
    }
    const target: ServerOptionTarget = { settings, server, run, draft: scope.draft, statement, at, setId, warn };
    const problem = row.parse?.(value, target);
    if (problem !== undefined) {
      run.report.alert(statement, "PM1204", `${intro}${problem}.`, { word: value === "" ? at : at + 1, form });
      return false;
    }
    if (row.status === "not-supported-yet") {
      run.report.alert(statement, "PM1901", `${intro}'${name}' is not supported yet`, { word: at, form });
    } else if (row.status === "no-effect") run.noteNoEffect(statement, `server … ${name}`, at);
    settings.later.set(row.name, { value, statement, word: at });
    at += 1 + (row.more?.(statement, at, run) ?? row.values);
  }
  return true;
}
