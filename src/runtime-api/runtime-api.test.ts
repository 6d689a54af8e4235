// Tests of the stats socket's sessions on a simulated network: odd pieces, slow readers, silence, half-closed peers, levels. What the answers say
// is compared with the reference in test/differential/runtime-api.test.ts.

import { describe, expect, test } from "bun:test";
import { checkOf, HealthWorld } from "../../test/differential/health-world.ts";
import { testModel } from "../../test/sim/model.ts";
import type { Connection } from "../transport/types.ts";
import { closestRows } from "./closest.ts";
import { commandRows } from "./dispatch.ts";
import type { CliLevel } from "./types.ts";
import { splitLine } from "./words.ts";

const address = { family: "ipv4", host: "10.0.0.1", port: 9999 } as const;

/** A world with a stats socket, and a client that keeps all it gets. */
function cli(options: { level?: CliLevel; timeoutMs?: number; servers?: number; reads?: boolean } = {}) {
  const servers = Array.from({ length: options.servers ?? 2 }, (_, i) => ({ port: 8001 + i, check: checkOf() }));
  const world = new HealthWorld(testModel([{ name: "be", servers }]));
  const listener = world.simulation.transportFor("10.0.0.1").listen(
    { address, backlog: 8 },
    {
      onAccept: (connection) =>
        world.api.attach(connection, { level: options.level ?? "admin", timeoutMs: options.timeoutMs ?? 10_000 }),
    },
  );
  if ("fault" in listener) throw new Error(listener.fault);
  const client = { received: "", closed: false, connection: undefined as unknown as Connection };
  client.connection = world.simulation.transportFor("10.0.0.9").connect(
    { address },
    {
      onOpen: (connection) => {
        if (options.reads === false) connection.pause();
      },
      onData: (_, bytes) => {
        client.received += Buffer.from(bytes).toString("latin1");
      },
      onDrain: () => {},
      onEnd: (connection) => connection.close(),
      onClose: () => {
        client.closed = true;
      },
    },
  );
  world.pass(10);
  const send = (text: string) => {
    const bytes = Buffer.from(text, "latin1");
    client.connection.write(bytes, 0, bytes.length);
    world.pass(10);
  };
  const end = () => {
    world.health.stop();
    world.api.stop();
    listener.close();
    for (const server of world.servers) server.refuse();
    world.pass(1000);
    expect(world.simulation.defects).toEqual([]);
  };
  return { world, client, send, end };
}

describe("a session", () => {
  test("answers one line and closes", () => {
    const { client, send, world, end } = cli();
    send("get weight be/s1; echo a\necho never\n");
    client.connection.shutdown();
    world.pass(50);
    expect([client.received, client.closed]).toEqual(["1 (initial 1)\n\na\n\n", true]);
    end();
  });
  test("puts a line together from single bytes", () => {
    const { client, send, end } = cli();
    for (const letter of "prompt\n") send(letter);
    for (const letter of "echo a\\;b; get weight be/s2\n") send(letter);
    expect(client.received).toBe("\n> a;b\n\n1 (initial 1)\n\n> ");
    end();
  });
  test("says nothing to a line that never ended", () => {
    const { client, send, world, end } = cli();
    send("get weight be/s1");
    client.connection.shutdown();
    world.pass(50);
    expect([client.received, client.closed]).toEqual(["", true]);
    end();
  });
  test("refuses a line longer than a buffer, and closes", () => {
    const { client, send, end } = cli();
    send("x".repeat(20_000));
    expect(client.received).toStartWith("The command line is too big for the buffer size.");
    end();
  });
  test("ends after its timeout of silence, and not before", () => {
    const { client, send, world, end } = cli({ timeoutMs: 5000 });
    send("prompt\n");
    world.pass(4000);
    send("echo a\n");
    world.pass(4000);
    expect(client.closed).toBe(false);
    world.pass(2000);
    expect(client.closed).toBe(true);
    end();
  });
  test("waits for a reader that does not read, and loses nothing", () => {
    const { client, send, world, end } = cli({ servers: 300, reads: false, timeoutMs: 100_000 });
    send(`prompt i\n${"show stat\n".repeat(20)}`);
    world.pass(1000);
    expect(client.received).toBe("");
    client.connection.resume();
    world.pass(10_000);
    expect(client.received.match(/^be,BACKEND,/gm)).toHaveLength(20);
    expect(client.received.match(/^be,s300,/gm)).toHaveLength(20);
    end();
  });
  test("goes down in level and never up", () => {
    const { client, send, end } = cli({ level: "operator" });
    send("prompt i\nshow cli level; disable server be/s1; user; operator; show cli level; show env\n");
    expect(client.received).toBe(
      "\noperator\n\nPermission denied\n\n\nPermission denied\n\nuser\n\nPermission denied\n\n",
    );
    end();
  });
  test("leaves nothing behind", () => {
    const { send, world, end } = cli();
    send("prompt\nshow stat\n");
    end();
    expect(world.simulation.rest()).toMatchObject({ timers: 0, connections: 0 });
  });
});

test("a change goes through SharedState to everybody", () => {
  const { world, send, end } = cli();
  send("set server be/s1 state maint; set weight be/s2 30; set maxconn server be/s2 9\n");
  expect(world.state.servers.usable(0)).toBe(false);
  expect(world.state.proxies.weightActive.get(0)).toBe(30);
  expect(world.state.servers.maxconn.get(1)).toBe(9);
  end();
});

test("run needs no socket", () => {
  const { world, end } = cli();
  expect(world.api.run("get weight be/s1")).toBe("1 (initial 1)\n\n");
  expect(world.api.run("disable server be/s1", "user")).toBe("Permission denied\n\n");
  end();
});

describe("words", () => {
  const check = (line: string, commands: readonly (readonly string[])[], payloadEnd?: string) =>
    expect(splitLine(line)).toEqual({ commands, payloadEnd });
  test("blanks, separators, escapes", () => {
    check("a  b\tc", [["a", "b", "c"]]);
    check("a;b ; c", [["a"], ["b"], ["c"]]);
    check("a\\ b\\;c\\\\", [["a b;c\\"]]);
    check("", [[]]);
    check("a\r", [["a"], []]);
  });
  test("a payload is announced by the last word only", () => {
    check("a <<", [["a"]], "");
    check("a <<EOF", [["a"]], "EOF");
    check("a << b", [["a", "<<", "b"]]);
    check("<<; b", [["<<"], ["b"]]);
  });
});

test("what is offered begins with the words that were right", () => {
  const offered = (line: string) => closestRows(commandRows, line.split(" ")).map((row) => row.words.join(" "));
  expect(offered("set maxconn")).toEqual(["set maxconn frontend", "set maxconn global", "set maxconn server"]);
  expect(offered("show inf")[0]).toBe("show info");
  expect(offered("shwo info").length).toBeLessThanOrEqual(5);
});

test("every command has its words in its usage, and one line of meaning", () => {
  for (const row of commandRows) {
    expect(row.usage.replace(/[[\]]/g, "")).toStartWith(row.words.join(" "));
    expect(row.doc).toMatch(/^[^\n.]{5,70}$/);
  }
});
