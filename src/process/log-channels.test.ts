// Owns the channels of log lines: batches, what happens when nobody reads or listens, and counts of what was lost.

import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiveDatagrams } from "../../test/support/unix-datagram.ts";
import { closeFd, createInheritedPipe } from "./libc.ts";
import { createDatagramChannel, createStreamChannel, type LineChannel } from "./log-channels.ts";

interface Lost {
  lines: number;
  readonly failures: string[];
}

function lostCounter(): Lost & { onDropped(lines: number): void; onFailure(text: string, errno: number): void } {
  const lost = {
    lines: 0,
    failures: [] as string[],
    onDropped: (lines: number) => {
      lost.lines += lines;
    },
    onFailure: (text: string, errno: number) => {
      lost.failures.push(`${text} ${errno}`);
    },
  };
  return lost;
}

function put(channel: LineChannel, text: string): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  const at = channel.reserve(bytes.length);
  channel.bytes.set(bytes, at);
  channel.commit(at + bytes.length);
}

test("datagrams: one per line, in order, more than one batch", () => {
  const dir = mkdtempSync(join(tmpdir(), "pointsman-channel-"));
  const receiver = receiveDatagrams(join(dir, "s"));
  const lost = lostCounter();
  try {
    const channel = createDatagramChannel({ family: "unix", host: join(dir, "s"), port: 0 }, lost);
    const received: string[] = [];
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 5; i++) put(channel, `line ${round * 5 + i}`);
      channel.flush();
      received.push(...receiver.take());
    }
    expect(received).toEqual(Array.from({ length: 250 }, (_, i) => `line ${i}\n`));
    expect(lost.lines).toBe(0);
    // The kernel keeps only a few datagrams for a reader that does not read: the rest is lost and counted, and nothing waits.
    for (let i = 0; i < 1000; i++) put(channel, `burst ${i}`);
    channel.flush();
    expect(receiver.take().length + lost.lines).toBe(1000);
    expect(lost.failures).toEqual([]);
  } finally {
    receiver.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

test("datagrams: a socket that is not there is one failure in its own words, and every line is counted", () => {
  const lost = lostCounter();
  const channel = createDatagramChannel({ family: "unix", host: "/nonexistent/log", port: 0 }, lost);
  put(channel, "one");
  put(channel, "two");
  channel.flush();
  expect(lost.lines).toBe(2);
  expect(lost.failures).toEqual(["No such file or directory 2"]);
});

test("UDP: that nobody listens is no failure, and who comes later is heard", async () => {
  const lost = lostCounter();
  const first = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  const port = first.port;
  first.close();
  const channel = createDatagramChannel({ family: "ipv4", host: "127.0.0.1", port }, lost);
  for (let i = 0; i < 5; i++) {
    put(channel, "into the void");
    channel.flush();
    await Bun.sleep(5);
  }
  const heard = Promise.withResolvers<string>();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port,
    socket: { data: (_socket, data) => heard.resolve(data.toString()) },
  });
  put(channel, "somebody");
  channel.flush();
  expect(await heard.promise).toBe("somebody\n");
  expect(lost).toMatchObject({ lines: 0, failures: [] });
  socket.close();
});

test("a pipe that nobody reads loses whole lines, and never waits", () => {
  const pipe = createInheritedPipe();
  if (pipe === undefined) throw new Error("no pipe");
  const lost = lostCounter();
  const channel = createStreamChannel(pipe.writeEnd, lost);
  const total = 20_000;
  for (let i = 0; i < total; i++) put(channel, `${i} ${"x".repeat(100)}`);
  channel.flush();
  closeFd(pipe.writeEnd);
  const text = readFileSync(pipe.readEnd, "latin1");
  closeFd(pipe.readEnd);
  const lines = text.split("\n").slice(0, -1);
  expect(lines.every((line) => /^\d+ x{100}$/.test(line))).toBe(true);
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.length + lost.lines).toBe(total);
  expect(lost.failures).toEqual([]);
});

test("a line longer than the buffer is refused", () => {
  const channel = createStreamChannel(1, lostCounter());
  expect(channel.reserve(10_000_000)).toBe(-1);
});
