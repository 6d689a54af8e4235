// Owns the commands that show without changing: servers' states and connections, the process, its sockets and its start.
// Management manual §9.3 "show servers state", "show servers conn", "show backend", "show cli sockets", "show env", "show errors".

import type { AddressModel, ProxyModel } from "../../config/model/index.ts";
import { currentStreams, StatsView } from "../../stats/index.ts";
import { type Answer, type CommandCall, type CommandRow, failed, noticed } from "../command.ts";
import { findProxy } from "../lookup.ts";

/** The version of the state file's format. */
const STATE_FORMAT = 1;
const STATE_HEADER =
  "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n";

/** The backends that an optional name selects, or why there is none. */
function selectBackends(call: CommandCall): readonly ProxyModel[] | Answer {
  const { model } = call.services;
  const name = call.args[0];
  if (name === undefined) return model.proxies.filter(({ hasBackend, disabled }) => hasBackend && !disabled);
  const proxy = findProxy(model, name, ({ hasBackend }) => hasBackend);
  return proxy === undefined ? failed("Can't find backend.\n") : [proxy];
}

function isAnswer(value: readonly ProxyModel[] | Answer): value is Answer {
  return !Array.isArray(value);
}

function showServersState(call: CommandCall): Answer {
  const backends = selectBackends(call);
  if (isAnswer(backends)) return backends;
  const view = new StatsView(call.services);
  const lines = backends.flatMap((proxy) => proxy.servers.map((server) => stateLine(call, view, proxy, server.index)));
  return `${STATE_FORMAT}\n${STATE_HEADER}${lines.join("")}`;
}

function stateLine(call: CommandCall, view: StatsView, proxy: ProxyModel, index: number): string {
  const { serverAddresses, health, state } = call.services;
  const { servers } = state;
  const server = proxy.servers.find((one) => one.index === index);
  if (server === undefined) return "";
  const address = serverAddresses[index];
  const host = address === undefined || address.family === "unix" ? "-" : address.host;
  const { check } = server;
  const fields = [
    proxy.id,
    proxy.name,
    server.id,
    server.name,
    host,
    servers.operationalState.get(index),
    servers.adminState.get(index),
    servers.userWeight.get(index),
    servers.initialWeight.get(index),
    view.secondsSince(servers.lastChangeMs.get(index)),
    servers.checkStatus.get(index),
    servers.checkResult.get(index),
    servers.health.get(index),
    servers.checkState.get(index),
    servers.agentState.get(index),
    // Whether ids were given or counted is not in the model.
    0,
    0,
    server.address.kind === "name" ? server.address.name : "-",
    address?.port ?? portOf(server.address),
    "-",
    0,
    health.checkPort(index),
    health.checkAddress(index) ?? "-",
    check?.address ?? "-",
    check?.port ?? 0,
  ];
  return `${fields.join(" ")}\n`;
}

function portOf(address: AddressModel): number {
  return "port" in address ? address.port : 0;
}

function showServersConn(call: CommandCall): Answer {
  const backends = selectBackends(call);
  if (isAnswer(backends)) return backends;
  const { servers } = call.services.state;
  const header =
    "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur\n";
  const lines = backends.flatMap((proxy) =>
    proxy.servers.map(({ index, name, id, poolMaxConn, poolPurgeDelayMs, address: written }) => {
      const address = call.services.serverAddresses[index];
      const host = address === undefined || address.family === "unix" ? "-" : address.host;
      const used = servers.used.get(index);
      const limit = poolMaxConn >= 0 ? poolMaxConn : -1;
      return `${proxy.name}/${name} ${proxy.id}/${id} ${host} ${address?.port ?? portOf(written)} - ${poolPurgeDelayMs} ${used} ${servers.servedMax.get(index)} ${used} ${servers.idleUnsafe.get(index)} ${servers.idleSafe.get(index)} ${limit} ${servers.idle.get(index)}\n`;
    }),
  );
  return header + lines.join("");
}

function showEnv(call: CommandCall): Answer {
  const variables = call.services.environment();
  const name = call.args[0];
  if (name === undefined) return variables.map((line) => `${line}\n`).join("");
  const found = variables.find((line) => line.startsWith(`${name}=`));
  return found === undefined ? failed("Variable not found\n") : `${found}\n`;
}

function showCliSockets(call: CommandCall): Answer {
  const lines = call.services.model.global.statsSockets.map(
    ({ bind }) => `${socketText(bind.address)} ${bind.level ?? "operator"} all\n`,
  );
  return `# socket lvl processes\n${lines.join("")}`;
}

function socketText(address: AddressModel): string {
  switch (address.kind) {
    case "unix":
      return `unix@${address.path}`;
    case "abstract":
      return `abns@${address.name}`;
    case "ipv4":
      return `ipv4@${address.host}:${address.port}`;
    case "ipv6":
      return `ipv6@[${address.host}]:${address.port}`;
    case "name":
      return `${address.name}:${address.port}`;
    case "fd":
      return `sockpair@${address.fd}`;
  }
}

function showBackend(call: CommandCall): Answer {
  const names = call.services.model.proxies.filter(({ hasBackend }) => hasBackend).map(({ name }) => `${name}\n`);
  return `# name\n${names.join("")}`;
}

function showSess(call: CommandCall): Answer {
  if (call.args[0] !== undefined) return failed("'show sess' with arguments is not supported yet.\n");
  // DIFFERS: streams live in the worker threads; their number is known here, their details are not yet.
  const { state } = call.services;
  const lines: string[] = [];
  for (let thread = 0; thread < state.shape.threads; thread++) {
    const streams = state.threads.streams.get(thread);
    const connections = state.threads.connections.get(thread);
    if (streams > 0 || connections > 0) {
      lines.push(`# thread ${thread + 1}: ${streams} streams, ${connections} connections\n`);
    }
  }
  return `# ${currentStreams(new StatsView(call.services))} streams; the list of them is not supported yet\n${lines.join("")}`;
}

export const showCommands: readonly CommandRow[] = [
  {
    words: ["show", "backend"],
    level: "user",
    usage: "show backend",
    doc: "the names of all backends",
    run: showBackend,
  },
  {
    words: ["show", "cli", "level"],
    level: "user",
    usage: "show cli level",
    doc: "what this session may do",
    run: ({ session }) => noticed(`${session.level}\n`),
  },
  {
    words: ["show", "cli", "sockets"],
    level: "user",
    usage: "show cli sockets",
    doc: "the stats sockets and their levels",
    run: showCliSockets,
  },
  {
    words: ["show", "env"],
    level: "operator",
    usage: "show env [var]",
    doc: "the process's environment",
    run: showEnv,
  },
  {
    words: ["show", "servers", "conn"],
    level: "user",
    usage: "show servers conn [<backend>]",
    doc: "connections to the servers",
    run: showServersConn,
  },
  {
    words: ["show", "servers", "state"],
    level: "user",
    usage: "show servers state [<backend>]",
    doc: "states of the servers, as a state file holds them",
    run: showServersState,
  },
  {
    words: ["show", "sess"],
    level: "operator",
    usage: "show sess",
    doc: "how many streams there are, by thread",
    run: showSess,
  },
  {
    words: ["show", "startup-logs"],
    level: "operator",
    usage: "show startup-logs",
    doc: "what was reported while starting",
    run: ({ services }) => services.startupLogs(),
  },
  {
    words: ["show", "version"],
    level: "user",
    usage: "show version",
    doc: "the version that is running",
    run: ({ services }) => `${services.facts.version}\n`,
  },
];
