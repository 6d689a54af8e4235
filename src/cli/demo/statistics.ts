// Owns reading the balancer's statistics for the demo, through the same stats socket and CSV that every HAProxy tool uses.

import { connect } from "node:net";

/** One server's line of `show stat`. */
export interface ServerLine {
  readonly backend: string;
  readonly server: string;
  readonly status: string;
  readonly check: string;
  readonly current: number;
  readonly total: number;
}

/** Sends one command to the stats socket; undefined when nobody answers. */
export function runCommand(socketPath: string, command: string): Promise<string | undefined> {
  return new Promise((done) => {
    let text = "";
    const socket = connect({ path: socketPath }, () => socket.write(`${command}\n`));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on("data", (bytes) => {
      text += bytes.toString("utf8");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => done(text === "" ? undefined : text));
  });
}

/** Reads the servers' lines out of the CSV by column name. */
export function readServers(csv: string): ServerLine[] {
  const lines = csv.split("\n").filter(Boolean);
  const columns = (lines[0] ?? "").replace(/^# /, "").split(",");
  const at = (name: string) => columns.indexOf(name);
  return lines
    .slice(1)
    .map((line) => line.split(","))
    .filter((cells) => cells[at("svname")] !== "FRONTEND" && cells[at("svname")] !== "BACKEND")
    .filter((cells) => cells[at("type")] === "2")
    .map((cells) => ({
      backend: cells[at("pxname")] ?? "",
      server: cells[at("svname")] ?? "",
      status: cells[at("status")] ?? "",
      check: cells[at("check_status")] ?? "",
      current: Number(cells[at("scur")] ?? 0),
      total: Number(cells[at("stot")] ?? 0),
    }));
}
