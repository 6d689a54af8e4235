// Owns the measuring: CPU time from the operating system's own accounting over a bounded run of wrk, and what wrk says of latency.

import { readdirSync, readFileSync } from "node:fs";

/** Jiffies are 10 ms; /proc/<pid>/task/*\/schedstat counts in ns, but loses threads that ended, so both are read. */
export function cpuMicroseconds(pids: readonly number[]): number {
  let total = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    total += (Number(fields[11]) + Number(fields[12])) * 10_000;
  }
  return total;
}

/** Resident memory in KB and the number of open descriptors. */
export function footprint(pid: number): { residentKb: number; descriptors: number; threads: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    residentKb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0),
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1] ?? 0),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

export interface LoadSpec {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers?: readonly string[];
}

/** Runs wrk once and reads its report. */
export async function runWrk(load: LoadSpec): Promise<LoadResult> {
  const headers = (load.headers ?? []).flatMap((header) => ["-H", header]);
  const command = ["wrk", "-t1", `-c${load.connections}`, `-d${load.seconds}s`, "--latency", ...headers, load.url];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  const text = await new Response(child.stdout).text();
  await child.exited;
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  return {
    requests: Number(/(\d+) requests in/.exec(text)?.[1] ?? 0),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0),
    p50Ms: milliseconds(/50%\s+([\d.]+\w+)/.exec(text)?.[1]),
    p99Ms: milliseconds(/99%\s+([\d.]+\w+)/.exec(text)?.[1]),
    errors: bad + (errors ? [1, 2, 3, 4].reduce((sum, at) => sum + Number(errors[at] ?? 0), 0) : 0),
  };
}

function milliseconds(text: string | undefined): number {
  const match = /^([\d.]+)(us|ms|s|m)$/.exec(text ?? "");
  if (!match) return Number.NaN;
  const factor = { us: 0.001, ms: 1, s: 1000, m: 60_000 }[match[2] as "us" | "ms" | "s" | "m"];
  return Number(match[1]) * factor;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
