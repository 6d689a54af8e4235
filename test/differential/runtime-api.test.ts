// The stats socket beside the reference's: the same lines to both, the answers compared byte for byte. Where a difference is wanted it is named
// here. Management manual §9.3.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ask, type Pair, reference, startPair } from "./runtime-socket.ts";

const configuration = `
global
    stats socket {{dir}}/admin.sock level admin
    stats socket {{dir}}/operator.sock level operator
    stats socket {{dir}}/user.sock level user
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend fe
    bind 127.0.0.2:{{port:fe}}
    default_backend b1
backend b1
    balance roundrobin
    server s1 127.0.0.1:1 weight 10
    server s2 127.0.0.1:2 weight 20 backup
    server s3 127.0.0.1:3 disabled
    server s4 127.0.0.1:4 check inter 1h disabled
backend b2
    balance source
    server s1 127.0.0.1:1
`;

/** Lines whose answers are equal. They run one after the other: later ones see what earlier ones changed. */
const same: readonly string[] = [
  "get weight b1/s1",
  "get weight b1/#1",
  "get weight #3/s1",
  "get weight",
  "get weight b1",
  "get weight b1/",
  "get weight /s1",
  "get weight b1/s9",
  "get weight b9/s1",
  "get weight b1/s1/x",
  "set weight b1/s1 5; get weight b1/s1",
  "set weight b1/s1 50%; get weight b1/s1",
  "set weight b1/s1 300%; get weight b1/s1",
  "set weight b1/s1 300",
  "set weight b1/s1 -1",
  "set weight b1/s1 +5; get weight b1/s1",
  "set weight b1/s1 0x5",
  "set weight b1/s1 5%x",
  "set weight b1/s1 foo",
  "set weight b1/s1",
  "set weight b1",
  "set weight",
  "set weight b2/s1 4",
  "set weight b2/s1 50%; get weight b2/s1",
  "set weight b2/s1 100%; get weight b2/s1",
  "set server b1/s1 weight 7; get weight b1/s1",
  "set server b1/s1 weight",
  "set server b1/s1 state drain; show servers state b1",
  "set server b1/s1 state maint; show servers state b1",
  "set server b1/s1 state ready; show servers state b1",
  "set server b1/s1 state READY",
  "set server b1/s1 state",
  "set server b1/s1",
  "set server b1",
  "set server",
  "set server b1/s1 foo",
  "set server b1/s9 state ready",
  "set server b9/s1 state ready",
  "set server b1/s1 health down; show servers state b1",
  "set server b1/s1 health stopping; show servers state b1",
  "set server b1/s1 health up; show servers state b1",
  "set server b1/s1 health foo",
  "disable server b1/s1; show servers state b1; enable server b1/s1; show servers state b1",
  "disable server",
  "disable server b1",
  "disable server b1/zz",
  "enable server b1/s3; show servers state b1",
  "disable health b1/s4; show servers state b1; enable health b1/s4; show servers state b1",
  "disable health",
  "enable health b1/zz",
  "enable agent b1/s1",
  "set server b1/s1 agent up",
  "set server b1/s1 agent-addr 1.2.3.4",
  "set server b1/s1 check-port 99",
  "set server b1/s4 check-port x",
  "set server b1/s4 check-port 70000",
  "set server b1/s4 check-port",
  "set server b1/s4 check-port 99; show servers state b1",
  "set server b1/s4 check-addr",
  "set server b1/s4 check-addr foo",
  "set server b1/s1 addr 127.0.0.2",
  "set server b1/s1 addr 127.0.0.2",
  "set server b1/s1 addr 127.0.0.1 port 1234",
  "set server b1/s1 addr 127.0.0.1 port x",
  "set server b1/s1 addr ::1",
  "set server b1/s1 addr foo",
  "set server b1/s1 addr",
  "set server b1/s1 fqdn foo",
  "set server b1/s1 ssl on",
  "set maxconn server b1/s1 10; show stat b1 4 1",
  "set maxconn server b1/s1",
  "set maxconn server b1/s1 x",
  "set maxconn server b1/s1 5x",
  "set maxconn frontend fe 100; show stat fe 1 -1",
  "set maxconn frontend zz 100",
  "set maxconn frontend fe",
  "set maxconn frontend fe -1",
  "set maxconn frontend",
  "set maxconn global",
  "set maxconn global 100000000",
  "show servers state",
  "show servers state zz",
  "show servers conn zz",
  "show backend",
  "show cli level",
  "show env HOME",
  "show env NOPE_NOT_SET",
  "show stat zz 4 -1",
  "show stat 99 1 -1",
  "show stat b1 4 2",
  "show stat b1 2 1",
  "show stat #3 2 -1",
  "clear counters",
  "clear counters all",
  'echo hello\\ world "x y"',
  "echo a; echo b",
  "echo",
  ";",
  "   ",
  "",
  ";;",
  "echo 'a b'  c\\\\ \\n x",
  "echo a\r",
  "operator; show env HOME; show cli level; set weight b1/s1 1",
  "user; operator; show cli level",
  "set severity-output number; show env NOPE_NOT_SET; get weight b1/s1; enable server b9/s1; show cli level",
  "set severity-output string; set server b1/s1 foo; get weight b1/s1",
  "set severity-output foo",
  "set timeout cli 10",
  "set timeout cli 5m",
  "set timeout cli x",
  "set timeout cli 0",
  "set timeout cli",
  "set timeout foo 0",
  "set timeout",
  "prompt foo",
  "prompt n; echo a; echo b",
  "quit; echo a",
  "echo x; quit; echo a",
  `echo ${Array.from({ length: 80 }, () => "a").join(" ")}`,
];

/** Bytes for a session of several lines; our side is closed behind them. */
const sessions: readonly string[] = [
  "prompt\necho a\n\necho b; echo c\nprompt\necho d\n",
  "prompt i\necho a\n\necho b; echo c\nquit\n",
  "prompt i; prompt p\n\nquit\n",
  "prompt n\necho a\n",
  "prompt\necho hello <<\nabc\n\necho x\nquit\n",
  "prompt\necho hello <<EOF\nabc\n\nEOF\nquit\n",
  "echo hello <<\nabc\n\n",
  "echo x; echo y <<\nabc\n\necho z\n",
  "echo a << b\n",
  "prompt\necho <<; echo b\nquit\n",
  "echo a\necho b\n",
  "prompt\necho a; quit; echo b\n",
  "prompt\necho a",
  "echo a",
  `echo ${"b".repeat(16_370)}\n`,
  `echo ${"b".repeat(17_000)}\n`,
];

const perLevel: readonly string[] = [
  "disable server b1/s2",
  "set server b1/s2 state ready",
  "get weight b1/s2",
  "show env HOME",
  "show servers state b2",
  "clear counters",
  "clear counters all",
  "set weight b1/s2 3",
  "set maxconn global 5",
  "set maxconn frontend fe 5",
  "show cli level",
  "show backend",
  "operator; show cli level",
  "user; show cli level",
  "echo a",
  "set timeout cli 9",
];

/** Ages differ by when each program was asked; ports and folders by where it stands. */
function normalized(text: string, dir: string): string {
  return text
    .replaceAll(dir, "DIR")
    .replace(/^(\d+ \S+ \d+ \S+ \S+ \d+ \d+ \d+ \d+) \d+ /gm, "$1 AGE ")
    .split("\n")
    .map(csvWithoutAges)
    .join("\n");
}

/** Columns that show seconds or depend on what runs beside. */
const ages = new Set([6, 23, 24]);

function csvWithoutAges(line: string): string {
  if (!/^[\w]+,(FRONTEND|BACKEND|s\d),/.test(line)) return line;
  return line
    .split(",")
    .map((field, i) =>
      ages.has(i) && field !== "" ? (i === 6 && Number(field) > 1000 ? "LIMIT" : i === 6 ? field : "AGE") : field,
    )
    .join(",");
}

describe.skipIf(reference.path === undefined)("the stats socket answers like the reference's", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair(configuration);
  });
  afterAll(async () => {
    await pair?.stop();
  });

  const compare = async (socket: string, text: string, end: boolean) => {
    const answers = await Promise.all(
      [pair.pointsman, pair.reference].map(async ({ dir }) =>
        normalized(await ask(`${dir}/${socket}`, text, end), dir),
      ),
    );
    expect(answers[0]).toBe(answers[1] ?? "");
  };

  for (const line of same) test(JSON.stringify(line.slice(0, 100)), () => compare("admin.sock", `${line}\n`, false));
  for (const text of sessions) {
    test(`session ${JSON.stringify(text.slice(0, 60))}`, () => compare("admin.sock", text, true));
  }
  for (const level of ["user", "operator"]) {
    for (const line of perLevel) test(`${level}: ${line}`, () => compare(`${level}.sock`, `${line}\n`, false));
  }

  test("an unknown command is answered with the reference's sentence and a list", async () => {
    for (const line of ["foo", "show", "get", "set maxconn foo 1", "#comment", "@1 show version"]) {
      const firsts = await Promise.all(
        [pair.pointsman, pair.reference].map(async ({ dir }) =>
          (await ask(`${dir}/admin.sock`, `${line}\n`)).split("\n"),
        ),
      );
      expect(firsts[0]?.[0]).toBe(firsts[1]?.[0] ?? "");
      // The last lines are general ones: help, prompt, quit, an empty line. Descriptions are our own.
      const tail = (lines: readonly string[] | undefined) => lines?.slice(-5).map((one) => one.slice(0, 42));
      expect(tail(firsts[0])).toEqual(tail(firsts[1]) ?? []);
    }
  });

  test("DIFFERS: what Pointsman does not do yet is said so, never called unknown", async () => {
    const { dir } = pair.pointsman;
    expect(await ask(`${dir}/admin.sock`, "show table\n")).toBe("'show table' is not supported yet.\n\n");
    expect(await ask(`${dir}/admin.sock`, "add map #0 a b\n")).toBe("'add map' is not supported yet.\n\n");
    expect(await ask(`${dir}/admin.sock`, "disable frontend fe\n")).toBe(
      "'disable frontend' is not supported yet.\n\n",
    );
  });

  test("every command of the reference is known: done or named as missing", async () => {
    const words = (usage: string) =>
      usage
        .split(" ")
        .filter((word, i, all) => /^[a-z_-]+$/.test(word) && all.slice(0, i).every((one) => /^[a-z_-]+$/.test(one)));
    const help = await ask(`${pair.reference.dir}/admin.sock`, "help\n");
    const commands = [...help.matchAll(/^ {2}(\S.*?)\s*(?:\(DEPRECATED\))?\s*:/gm)].map((match) =>
      words(match[1] ?? "").join(" "),
    );
    expect(commands.length).toBeGreaterThan(80);
    const unknown: string[] = [];
    for (const command of commands) {
      if (command === "quit" || command === "prompt" || command === "") continue;
      const answer = await ask(`${pair.pointsman.dir}/user.sock`, `${command}\n`);
      if (answer.startsWith("Unknown command")) unknown.push(command);
    }
    expect(unknown).toEqual([]);
  });
});

// Registered only where it is true: in a complete environment nothing is skipped.
if (reference.path === undefined)
  test.skip(`the comparison with the reference was skipped: ${reference.reason}`, () => {});
