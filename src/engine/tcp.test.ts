// Proves `mode tcp`: a relay that connects at accept, passes half-closes on and says in its line how it ended.

import { describe, expect, test } from "bun:test";
import { type Lab, longTimeouts, pair, startLab } from "../../test/sim/lab.ts";

const tcp = { mode: "tcp", httplog: true } as const;

function tail(lab: Lab): string {
  const line = lab.world.lines[0] ?? "";
  return line.slice(line.indexOf("] ") + 2);
}

describe("relay", () => {
  test("bytes go both ways unread, each side may end on its own", () => {
    const lab = startLab(pair(tcp, { mode: "tcp" }), (peer) => {
      peer.closesOnFin = false;
    });
    const client = lab.client().send("\x00\x01GARBAGE");
    lab.pass(10);
    const server = lab.servers[0]!;
    expect(server.heard).toBe("\x00\x01GARBAGE");
    client.fin();
    lab.pass(10);
    expect(server.state).toBe("fin");
    server.send("answer after FIN");
    server.close();
    lab.pass(10);
    expect(client.heard).toBe("answer after FIN");
    expect(client.state).toBe("closed");
    expect(tail(lab)).toMatch(/^f b\/s1 0\/0\/\d+ 16 -- 1\/1\/0\/0\/0 0\/0$/);
  });
  test("the server is connected before the client has said anything", () => {
    const lab = startLab(pair(tcp, { mode: "tcp" }));
    lab.client();
    lab.pass(10);
    expect(lab.servers).toHaveLength(1);
    lab.servers[0]!.send("hello");
    lab.pass(10);
  });
  test("a server that speaks first is heard", () => {
    const lab = startLab(pair(tcp, { mode: "tcp" }));
    const client = lab.client();
    lab.pass(10);
    lab.servers[0]!.send("220 ready");
    lab.pass(10);
    expect(client.heard).toBe("220 ready");
  });
  test("much data in both directions, with a slow reader, arrives whole", () => {
    const text = Array.from({ length: 100_000 }, (_, i) => `${i},`).join("");
    const lab = startLab(pair(tcp, { mode: "tcp" }), (peer) => peer.send(peer.take()));
    const client = lab.client().send(text);
    lab.pass(2);
    client.pause();
    lab.pass(500);
    client.resume();
    lab.pass(2000);
    expect(client.heard === text).toBe(true);
  });
});

describe("a server that ends first", () => {
  test("still gets all that the client had said before its own end", () => {
    const text = Array.from({ length: 150_000 }, (_, i) => `${i},`).join("");
    const lab = startLab(pair(tcp, { mode: "tcp" }), (peer) => {
      peer.closesOnFin = false;
    });
    const client = lab.client();
    lab.pass(5);
    const server = lab.servers[0]!;
    server.pause();
    client.closesOnFin = false;
    client.send(text);
    client.fin();
    server.fin();
    lab.pass(500);
    server.resume();
    lab.pass(3000);
    expect(server.heard === text).toBe(true);
    expect(server.state).toBe("closed");
    expect(tail(lab)).toContain(" -- ");
  });
});

describe("endings", () => {
  test("no server: SC", () => {
    const lab = startLab(pair(tcp, { mode: "tcp", timeouts: { connect: 500 } }), undefined, { refused: [8000] });
    const client = lab.client();
    lab.pass(2500);
    expect(client.state).toBe("closed");
    expect(tail(lab)).toMatch(/^f b\/s1 0\/-1\/15\d\d 0 SC 1\/1\/0\/0\/3 0\/0$/);
  });
  test("the client resets: CD", () => {
    const lab = startLab(pair(tcp, { mode: "tcp" }));
    const client = lab.client().send("x");
    lab.pass(10);
    client.reset();
    lab.pass(10);
    expect(tail(lab)).toContain(" CD ");
    expect(lab.servers[0]!.state).not.toBe("open");
  });
  test("the server resets: SD", () => {
    const lab = startLab(pair(tcp, { mode: "tcp" }));
    const client = lab.client().send("x");
    lab.pass(10);
    lab.servers[0]!.reset();
    lab.pass(10);
    expect(tail(lab)).toContain(" SD ");
    expect(client.state).toBe("closed");
  });
  test("nobody says anything: cD after the shorter timeout, sD when the client has ended", () => {
    const timeouts = { ...longTimeouts, client: 1000 };
    const lab = startLab(
      pair({ ...tcp, timeouts }, { mode: "tcp", timeouts: { ...longTimeouts, server: 2000 } }),
      (peer) => {
        peer.closesOnFin = false;
      },
    );
    lab.client().send("x");
    lab.pass(1100);
    expect(tail(lab)).toMatch(/ 0\/0\/10\d\d 0 cD /);
    const ended = lab.client().send("x");
    ended.closesOnFin = false;
    lab.pass(10);
    ended.fin();
    lab.pass(2100);
    expect(lab.world.lines[1]).toMatch(/ 0\/0\/20\d\d 0 sD /);
  });
  test("timeout tunnel replaces both", () => {
    const timeouts = { ...longTimeouts, client: 1000, server: 1000, tunnel: 3000 };
    const lab = startLab(pair({ ...tcp, timeouts }, { mode: "tcp", timeouts }));
    lab.client().send("x");
    lab.pass(2500);
    expect(lab.world.lines).toEqual([]);
    lab.pass(1000);
    expect(lab.world.lines).toHaveLength(1);
  });
  test("timeout client-fin bounds a session whose client has ended", () => {
    const timeouts = { ...longTimeouts, clientFin: 500 };
    const lab = startLab(pair({ ...tcp, timeouts }, { mode: "tcp", timeouts }), (peer) => {
      peer.closesOnFin = false;
    });
    const client = lab.client().send("x");
    client.closesOnFin = false;
    lab.pass(10);
    client.fin();
    lab.pass(700);
    expect(lab.world.lines).toHaveLength(1);
  });
  test("a soft stop waits for the session", () => {
    const lab = startLab(pair(tcp, { mode: "tcp" }));
    const client = lab.client().send("x");
    lab.pass(10);
    lab.world.engine.stop();
    lab.pass(1000);
    expect(lab.world.drained).toBe(false);
    client.close();
    lab.pass(100);
    expect(lab.world.drained).toBe(true);
    expect(lab.sim.rest().timers).toBe(0);
  });
});
