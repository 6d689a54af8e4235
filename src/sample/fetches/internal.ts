// Owns the fetches of internal states: names and counters of proxies and servers, and variables. Counters come through `SampleView.internal`;
// this file knows only their names. A counter has its row here once the engine serves it. Configuration manual §7.3.2.

import type { FetchRow, Parameter, Source } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";
import { variableProblem } from "../variables.ts";
import { isStream } from "./transaction.ts";

/** The proxy or server that the row's argument names; undefined: the stream's own. */
function targetOf(args: readonly Argument[]): string | undefined {
  const argument = args[0];
  return argument?.kind === "proxy" || argument?.kind === "server" ? argument.value : undefined;
}

function counter(name: string, source: Source, parameters: readonly Parameter[], since: string, doc: string): FetchRow {
  return {
    name,
    parameters,
    type: "sint",
    source,
    since,
    doc,
    compile: (args) => {
      const target = targetOf(args);
      return (view) => {
        const value = view.internal(name, target);
        return value < 0 ? undefined : value;
      };
    },
  };
}

function flag(name: string, source: Source, parameters: readonly Parameter[], since: string, doc: string): FetchRow {
  return {
    name,
    parameters,
    type: "bool",
    source,
    since,
    doc,
    compile: (args) => {
      const target = targetOf(args);
      return (view) => view.internal(name, target) > 0;
    },
  };
}

const backend = [takes("backend", "backend")];
const frontend = [takes("frontend", "frontend")];
const server = [needs("server", "server")];

/** The table of this file. */
export const internalFetches: readonly FetchRow[] = [
  counter("fe_conn", "internal", frontend, "1.3", "Connections of a frontend."),
  counter("fe_sess_rate", "internal", frontend, "1.4", "New sessions of a frontend in the last second."),
  counter("fe_req_rate", "internal", frontend, "1.5", "Requests of a frontend in the last second."),
  counter("be_conn", "internal", backend, "1.3", "Connections of a backend, queue included."),
  counter(
    "be_conn_free",
    "internal",
    backend,
    "1.9",
    "Connections that the usable servers of a backend could still take.",
  ),
  counter("nbsrv", "internal", backend, "1.3", "Usable servers of a backend."),
  counter("queue", "internal", backend, "1.4", "Requests waiting in a backend, its servers' queues included."),
  counter("avg_queue", "internal", backend, "1.4", "Waiting requests of a backend per usable server."),
  counter("connslots", "internal", backend, "1.3", "Free connection and queue slots of a backend's servers."),
  counter("srv_conn", "internal", server, "1.4", "Connections of a server."),
  counter("srv_conn_free", "internal", server, "1.9", "Connections that a server could still take."),
  counter("srv_queue", "internal", server, "1.9", "Requests waiting for a server."),
  counter("srv_weight", "internal", server, "1.9", "The current weight of a server, warm-up included."),
  counter("srv_iweight", "internal", server, "1.9", "The configured weight of a server."),
  flag("srv_is_up", "internal", server, "1.4", "Whether a server is usable."),
  {
    name: "wait_end",
    parameters: [],
    type: "bool",
    source: "internal",
    since: "1.4",
    doc: "Whether the time for content inspection is over; true where nothing is waited for.",
    compile: () => (view) => view.internal("wait_end", undefined) !== 0,
  },
  {
    name: "fe_name",
    parameters: [],
    type: "str",
    source: "frontend",
    since: "2.0",
    doc: "The name of the current frontend.",
    compile: () => (view) => view.frontendName,
  },
  {
    name: "be_name",
    parameters: [],
    type: "str",
    source: "backend",
    since: "2.0",
    doc: "The name of the current backend.",
    compile: () => (view) => (isStream(view) ? view.backendName : undefined),
  },
  {
    name: "srv_name",
    parameters: [],
    type: "str",
    source: "server",
    since: "2.1",
    doc: "The name of the chosen server.",
    compile: () => (view) => (view.serverName === "" ? undefined : view.serverName),
  },
  {
    name: "var",
    parameters: [needs("str", "name"), takes("str", "default")],
    type: "any",
    source: "constant",
    since: "1.6",
    doc: "A variable, or the default when it is not set.",
    check: (args) => variableProblem(textArgument(args, 0, "")) ?? args,
    compile: (args) => {
      const name = textArgument(args, 0, "");
      const fallback = args.length > 1 ? textArgument(args, 1, "") : undefined;
      return (view) => view.getVariable(name) ?? fallback;
    },
  },
];
