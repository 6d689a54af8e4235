// Owns `show stat`, `show info`, `show schema json` and `clear counters`. The values are stats/'s. Management manual §9.3.

import {
  collectInfo,
  collectRows,
  everything,
  jsonSchema,
  renderCsv,
  renderInfo,
  renderJson,
  renderTyped,
  StatsView,
} from "../../stats/index.ts";
import { type Answer, type CommandCall, type CommandRow, done, failed, isAllowed } from "../command.ts";
import { findProxy, leadingNumber } from "../lookup.ts";

/** Words that only add to the typed and JSON forms, and that Pointsman does not write yet. */
const MISSING = ["desc", "float"];

function showStat(call: CommandCall): Answer {
  const { args, services } = call;
  const missing = MISSING.find((word) => args.includes(word));
  if (missing !== undefined) return failed(`'show stat ${missing}' is not supported yet.\n`);
  let proxyId: number | undefined;
  let type = -1;
  let objectId = -1;
  const [proxyText, typeText, idText] = args;
  // A filter has all three parts; fewer are no filter.
  if (proxyText !== undefined && typeText !== undefined && idText !== undefined) {
    const id = leadingNumber(proxyText);
    const named = findProxy(services.model, proxyText, () => true);
    if (id?.rest === "") proxyId = id.value === -1 ? undefined : id.value;
    else if (named !== undefined) proxyId = named.id;
    else return failed("No such proxy.\n");
    type = leadingNumber(typeText)?.value ?? 0;
    objectId = leadingNumber(idText)?.value ?? 0;
  }
  const hideMaintenance = args.includes("no-maint");
  const hideDown = args.includes("up");
  const rows = collectRows(new StatsView(services), {
    ...everything,
    proxyId,
    type,
    objectId,
    hideDown,
    hideMaintenance,
    countServers: hideDown || hideMaintenance,
  });
  if (args.includes("json")) return renderJson(rows);
  return args.includes("typed") ? renderTyped(rows) : renderCsv(rows);
}

function showInfo(call: CommandCall): Answer {
  const { args, services } = call;
  const missing = MISSING.find((word) => args.includes(word));
  if (missing !== undefined) return failed(`'show info ${missing}' is not supported yet.\n`);
  const fields = collectInfo(services, {
    statsSockets: services.model.global.statsSockets.length,
    idlePercent: services.idlePercent?.(),
  });
  const format = args.includes("json") ? "json" : args.includes("typed") ? "typed" : "plain";
  return renderInfo(fields, format);
}

function clearCounters(call: CommandCall): Answer {
  const all = call.args[0] === "all";
  if (!isAllowed(call.session.level, all ? "admin" : "operator")) return failed("Permission denied\n");
  call.services.state.clearCounters(all ? "all" : "maxima");
  return done;
}

export const statisticsCommands: readonly CommandRow[] = [
  {
    words: ["clear", "counters"],
    level: "operator",
    usage: "clear counters [all]",
    doc: "forget highest values, or all counters",
    run: clearCounters,
  },
  {
    words: ["show", "info"],
    level: "user",
    usage: "show info [json|typed]*",
    doc: "what the process says of itself",
    run: showInfo,
  },
  {
    words: ["show", "schema", "json"],
    level: "user",
    usage: "show schema json",
    doc: "the schema of the JSON outputs",
    run: () => jsonSchema,
  },
  {
    words: ["show", "stat"],
    level: "user",
    usage: "show stat [json|no-maint|typed|up]*",
    doc: "counters of every proxy and server",
    run: showStat,
  },
];
