// Owns the lines that declare servers: `server` and `default-server`. Configuration manual §4.2 and §5.2.

import { nearestName } from "../../diagnostics/index.ts";
import { parseAddress } from "./address.ts";
import { hasBackend, type ServerDraft, type ServerSettings, sectionTitle } from "./draft.ts";
import type { ProxyScope } from "./rows.ts";
import type { Run } from "./run.ts";
import { SERVER_OPTION_ROWS, type ServerOptionRow, type ServerOptionTarget } from "./server-options.ts";
import { SERVER_OPTIONS_LATER } from "./server-options-later.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter } from "./values.ts";

/** Every option of `server`, by name. */
export const SERVER_OPTIONS: ReadonlyMap<string, ServerOptionRow> = new Map(
  [...SERVER_OPTION_ROWS, ...SERVER_OPTIONS_LATER].map((row) => [row.name, row]),
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
  const { run, draft } = scope;
  if (!serversAllowed(statement, scope)) return;
  const [name, text] = [statement.word(1), statement.word(2)];
  if (name === "" || text === "") {
    const message = "'server' expects <name> and <addr>[:<port>] as arguments.";
    run.report.alert(statement, "PM1201", message, { word: name === "" ? 1 : 2, form: "place" });
    return;
  }
  const bad = badNameCharacter(name);
  if (bad !== undefined) {
    const message = `character '${bad}' is not permitted in server name '${name}'.`;
    run.report.alert(statement, "PM1203", message, { word: 1, form: "place" });
    return;
  }
  const intro = `'server ${draft.name}/${name}' : `;
  const answer = parseAddress(text, {
    portNeeded: false,
    portRange: false,
    portOffset: true,
    descriptor: false,
    names: true,
  });
  if ("problem" in answer) {
    run.report.alert(statement, answer.unsupported ? "PM1901" : "PM1207", intro + answer.problem, {
      word: 2,
      form: "place",
    });
    return;
  }
  if (answer.any && "port" in answer.address) {
    const hint = "Here `*` means the address that the client connected to.";
    run.report.alert(statement, "PM1901", `${intro}a server at address '*' is not supported yet`, {
      word: 2,
      form: "place",
      hint,
    });
    return;
  }
  if (/:[+-]/.test(text)) {
    run.report.alert(statement, "PM1901", `${intro}a port relative to the client's is not supported yet`, {
      word: 2,
      form: "place",
    });
    return;
  }
  if (answer.address.kind === "name" && !isHostName(answer.address.name)) {
    const message = `${intro}Can't create DNS resolution for server '${name}'`;
    run.report.alert(statement, "PM1207", message, { word: 2, form: "place" });
    return;
  }
  const server: ServerDraft = {
    statement,
    name,
    address: answer.address,
    id: undefined,
    settings: { ...draft.settings.defaultServer },
  };
  if (parseServerOptions(run, statement, 3, server.settings, name, intro, takeId(scope, server))) {
    draft.servers.push(server);
  }
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
  parseServerOptions(scope.run, statement, 1, scope.draft.settings.defaultServer, "default-server", "", undefined);
}

function parseServerOptions(
  run: Run,
  statement: Statement,
  from: number,
  settings: ServerSettings,
  server: string,
  intro: string,
  setId: ServerOptionTarget["setId"],
): boolean {
  let word = from;
  const warn = (message: string) =>
    run.report.warn(statement, "PM1210", intro + message, { word: word + 1, form: "place" });
  const target: ServerOptionTarget = { settings, server, run, setId, warn };
  for (let at = from; statement.word(at) !== ""; ) {
    word = at;
    const name = statement.word(at);
    const row = SERVER_OPTIONS.get(name);
    if (row === undefined) {
      const guess = nearestName(name, SERVER_OPTIONS.keys());
      const tail = guess === undefined ? "." : `; did you mean '${guess}' maybe ?`;
      const hint = intro === "" ? " Hint: no address was expected for this server." : "";
      run.report.alert(statement, "PM1101", `${intro}unknown keyword '${name}'${tail}${hint}`, {
        word: at,
        form: "place",
      });
      return false;
    }
    if (row.status === "not-supported-yet") {
      run.report.alert(statement, "PM1901", `${intro}'${name}' is not supported yet`, { word: at, form: "place" });
      // Options such as `source` take a number of words that only their own parser knows.
      if (name === "source" || name === "set-proxy-v2-tlv-fmt" || name === "usesrc") return false;
    } else if (row.status === "no-effect") run.noteNoEffect(statement, `server … ${name}`, at);
    const value = statement.word(at + 1);
    if (name === "id" && setId === undefined) {
      // QUIRK: the reference calls this an alert and goes on.
      const message = "'id' option is not accepted in default-server sections";
      run.report.warn(statement, "PM1203", message, { word: at, form: "place" });
    }
    const problem = row.parse?.(value, target);
    if (problem !== undefined) {
      run.report.alert(statement, "PM1204", `${intro}${problem}.`, { word: value === "" ? at : at + 1, form: "place" });
      return false;
    }
    at += 1 + row.values;
  }
  return true;
}
