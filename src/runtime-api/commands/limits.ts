// Owns the commands on limits: `set maxconn`. They write SharedState and wake the workers, which do the rest. Management manual §9.3.

import type { ProxyModel } from "../../config/model/index.ts";
import { type Answer, type CommandCall, type CommandRow, done, failed } from "../command.ts";
import { findProxy, findServer, leadingNumber } from "../lookup.ts";

function onFrontend(act: (call: CommandCall, proxy: ProxyModel) => Answer): (call: CommandCall) => Answer {
  return (call) => {
    const name = call.args[0];
    if (name === undefined) return failed("A frontend name is expected.\n");
    const proxy = findProxy(call.services.model, name, ({ hasFrontend }) => hasFrontend);
    return proxy === undefined ? failed("No such frontend.\n") : act(call, proxy);
  };
}

function setFrontendLimit(call: CommandCall, proxy: ProxyModel): Answer {
  const text = call.args[1];
  if (text === undefined) return failed("Integer value expected.\n");
  const number = leadingNumber(text);
  // DIFFERS: the reference takes a word that is no number for 0.
  if (number === undefined || number.rest !== "") return failed("Integer value expected.\n");
  if (number.value < 0) return failed("Value out of range.\n");
  call.services.state.proxies.frontendMaxconn.set(proxy.index, number.value);
  call.services.onFrontendChange(proxy.index);
  return done;
}

function setGlobalLimit(call: CommandCall): Answer {
  const text = call.args[0];
  if (text === undefined) return failed("Expects an integer value.\n");
  const number = leadingNumber(text);
  if (number === undefined || number.rest !== "") return failed("Expects an integer value.\n");
  const hard = call.services.facts.maxconn;
  if (number.value > hard) return failed("Value out of range.\n");
  // 0 and below restore what the process started with.
  const { process: whole } = call.services.state;
  whole.maxconn.set(0, number.value <= 0 ? hard : number.value);
  call.services.onProcessLimitChange();
  return done;
}

function setServerLimit(call: CommandCall): Answer {
  const result = findServer(call.services.model, call.args[0]);
  if ("answer" in result) return result.answer;
  const text = call.args[1];
  if (text === undefined || text === "") return failed("Require <maxconn>.\n");
  const number = leadingNumber(text);
  if (number === undefined) return failed("maxconn string empty or preceded by garbage\n");
  if (number.rest !== "") return failed("Trailing garbage in maxconn string\n");
  const { server, proxy } = result.found;
  const { servers } = call.services.state;
  const limit = Math.max(0, Math.min(number.value, 0x7fffffff));
  // A fixed limit stays fixed: minconn follows. With a dynamic one it may only not exceed it.
  const minconn = servers.minconn.get(server.index);
  if (minconn === servers.maxconn.get(server.index) || minconn > limit) servers.minconn.set(server.index, limit);
  servers.maxconn.set(server.index, limit);
  call.services.state.serversChanged(proxy.index);
  call.services.onProcessLimitChange();
  return done;
}

export const limitCommands: readonly CommandRow[] = [
  {
    words: ["set", "maxconn", "frontend"],
    level: "admin",
    usage: "set maxconn frontend <frontend> <n>",
    doc: "change a frontend's maxconn",
    run: onFrontend(setFrontendLimit),
  },
  {
    words: ["set", "maxconn", "global"],
    level: "admin",
    usage: "set maxconn global <n>",
    doc: "change the whole process's maxconn",
    run: setGlobalLimit,
  },
  {
    words: ["set", "maxconn", "server"],
    level: "admin",
    usage: "set maxconn server <bk>/<srv> <n>",
    doc: "change a server's maxconn",
    run: setServerLimit,
  },
];
