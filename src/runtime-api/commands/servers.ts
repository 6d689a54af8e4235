// Owns the commands that change one server, and `get weight`. They decide what was asked; the change itself is the HealthController's.
// Management manual §9.3 "set server", "set weight", "enable server", "disable health".

import { parseNumericAddress } from "../../checks/index.ts";
import type { BalanceModel } from "../../config/model/index.ts";
import { type Answer, type CommandCall, type CommandRow, done, failed, warned } from "../command.ts";
import { type FoundServer, findServer, leadingNumber } from "../lookup.ts";

const USAGE =
  "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight\n";

/** Runs `act` on the server that the first argument names. */
function onServer(act: (call: CommandCall, found: FoundServer) => Answer): (call: CommandCall) => Answer {
  return (call) => {
    const result = findServer(call.services.model, call.args[0]);
    return "answer" in result ? result.answer : act(call, result.found);
  };
}

function setServer(call: CommandCall, found: FoundServer): Answer {
  const { health } = call.services;
  const { index } = found.server;
  const value = call.args[2] ?? "";
  switch (call.args[1]) {
    case "state":
      if (value !== "ready" && value !== "drain" && value !== "maint") {
        return failed("'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n");
      }
      health.setServerState(index, value);
      return done;
    case "health":
      if (value !== "up" && value !== "stopping" && value !== "down") {
        return failed("'set server <srv> health' expects 'up', 'stopping', or 'down'.\n");
      }
      health.setServerHealth(index, value);
      return done;
    case "weight":
      return changeWeight(call, found, call.args[2]);
    case "addr":
      return setAddress(call, found);
    case "check-port":
      return setCheckPort(call, found);
    case "check-addr":
      return setCheckAddress(call, found);
    case "agent":
      return failed("agent checks are not enabled on this server.\n");
    case "agent-addr":
    case "agent-port":
    case "agent-send":
      return failed("agent checks are not enabled on this server\n");
    case "fqdn":
      return failed("set server <b>/<s> fqdn failed because no resolution is configured.\n");
    case "ssl":
      return failed("'set server <srv> ssl' cannot be set.  default-server should define ssl settings\n");
    default:
      return failed(USAGE);
  }
}

/** Algorithms whose tables are built once: a weight can only be taken away and given back. */
function isStatic(balance: BalanceModel): boolean {
  if (balance.algorithm === "static-rr") return true;
  const hashes = ["source", "uri", "url_param", "hdr"];
  return hashes.includes(balance.algorithm) && balance.hashType === "map-based";
}

function changeWeight(call: CommandCall, { proxy, server }: FoundServer, text: string | undefined): Answer {
  if (text === undefined || text === "") return failed("Require <weight> or <weight%>.\n");
  const number = leadingNumber(text);
  if (number === undefined) return failed("Empty weight string empty or preceded by garbage\n");
  if (number.rest !== "" && number.rest !== "%") return failed("Trailing garbage in weight string\n");
  const initial = call.services.state.servers.initialWeight.get(server.index);
  let weight = number.value;
  if (number.rest === "%") {
    if (weight < 0) return failed("Relative weight must be positive.\n");
    weight = Math.min(256, Math.floor((initial * weight) / 100));
  }
  if (weight < 0 || weight > 256) return failed("Absolute weight can only be between 0 and 256 inclusive.\n");
  if (isStatic(proxy.balance) && weight !== 0 && weight !== initial) {
    return failed("Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n");
  }
  call.services.health.setServerWeight(server.index, weight);
  return done;
}

function getWeight(call: CommandCall, { server }: FoundServer): Answer {
  const { servers } = call.services.state;
  return `${servers.userWeight.get(server.index)} (initial ${servers.initialWeight.get(server.index)})\n`;
}

function setAddress(call: CommandCall, { server }: FoundServer): Answer {
  const [, , host, word, portText] = call.args;
  if (host === undefined || host === "") {
    return failed("set server <b>/<s> addr requires an address and optionally a port.\n");
  }
  const now = call.services.serverAddresses[server.index];
  const wanted = parseNumericAddress(host, 0);
  if (wanted === undefined) return warned(`Invalid addr '${host}'\n`);
  if (now === undefined || now.family === "unix") {
    return warned("Update for the current server address family is only supported through configuration file.\n");
  }
  let port = now.port;
  if (word === "port") {
    const text = portText ?? "";
    if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65535) {
      return warned(`problem converting port '${text}' to an int\n`);
    }
    port = Number(text);
  }
  const changes: string[] = [];
  if (host !== now.host) changes.push(`IP changed from '${now.host}' to '${host}'`);
  if (port !== now.port) changes.push(`port changed from '${now.port}' to '${port}'`);
  if (changes.length === 0) return warned("nothing changed\n");
  call.services.health.setServerAddress(server.index, { ...wanted, port });
  return warned(`${changes.join(", ")} by 'stats socket command'\n`);
}

function setCheckPort(call: CommandCall, { server }: FoundServer): Answer {
  const text = call.args[2];
  if (server.check === undefined) return failed("health checks are not enabled on this server\n");
  if (text === undefined || text === "") return failed("set server <b>/<s> check-port requires a port.\n");
  const number = leadingNumber(text);
  if (number === undefined || number.rest !== "") return failed("provided port is not an integer\n");
  if (number.value < 1 || number.value > 65535) return failed("provided port is invalid\n");
  call.services.health.setCheckPort(server.index, number.value);
  return done;
}

function setCheckAddress(call: CommandCall, { server }: FoundServer): Answer {
  const [, , host, word, portText] = call.args;
  if (server.check === undefined) return failed("health checks are not enabled on this server.\n");
  if (host === undefined || host === "") {
    return failed("set server <b>/<s> check-addr requires an address and optionally a port.\n");
  }
  if (parseNumericAddress(host, 0) === undefined) return failed(`invalid addr '${host}'\n`);
  if (word === "port") {
    const port = /^\d{1,5}$/.test(portText ?? "") ? Number(portText) : 0;
    if (port < 1 || port > 65535) return failed("provided port is invalid\n");
    call.services.health.setCheckPort(server.index, port);
  }
  call.services.health.setCheckAddress(server.index, host);
  return done;
}

const setState = (state: "ready" | "maint") =>
  onServer((call, { server }) => {
    call.services.health.setServerState(server.index, state);
    return done;
  });

const setChecks = (enabled: boolean) =>
  onServer((call, { server }) => {
    call.services.health.setCheckEnabled(server.index, enabled);
    return done;
  });

export const serverCommands: readonly CommandRow[] = [
  {
    words: ["disable", "agent"],
    level: "admin",
    usage: "disable agent <bk>/<srv>",
    doc: "stop asking a server's agent",
    run: onServer(() => done),
  },
  {
    words: ["disable", "health"],
    level: "admin",
    usage: "disable health <bk>/<srv>",
    doc: "stop checking a server's health",
    run: setChecks(false),
  },
  {
    words: ["disable", "server"],
    level: "admin",
    usage: "disable server <bk>/<srv>",
    doc: "put a server into maintenance (see 'set server')",
    run: setState("maint"),
  },
  {
    words: ["enable", "agent"],
    level: "admin",
    usage: "enable agent <bk>/<srv>",
    doc: "ask a server's agent again",
    run: onServer(() => failed("Agent was not configured on this server, cannot enable.\n")),
  },
  {
    words: ["enable", "health"],
    level: "admin",
    usage: "enable health <bk>/<srv>",
    doc: "check a server's health again",
    run: setChecks(true),
  },
  {
    words: ["enable", "server"],
    level: "admin",
    usage: "enable server <bk>/<srv>",
    doc: "take a server out of maintenance (see 'set server')",
    run: setState("ready"),
  },
  {
    words: ["get", "weight"],
    level: "user",
    usage: "get weight <bk>/<srv>",
    doc: "show a server's weight, now and at start",
    run: onServer(getWeight),
  },
  {
    words: ["set", "server"],
    level: "admin",
    usage: "set server <bk>/<srv> [opts]",
    doc: "change a server's state, health, weight, address or check",
    run: onServer(setServer),
  },
  {
    words: ["set", "weight"],
    level: "admin",
    usage: "set weight <bk>/<srv> <weight[%]>",
    doc: "change a server's weight (see 'set server')",
    run: onServer((call, found) => changeWeight(call, found, call.args[1])),
  },
];
