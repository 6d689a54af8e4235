// Owns the command line seen from outside: what is printed where, and the exit code, for a table of invocations; beside the reference where it
// is installed. Lines that carry the program's own name, pid or version are compared by their form.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finished, POINTSMAN, runPointsman } from "../support/pointsman.ts";
import { findReference } from "../support/reference.ts";

const reference = findReference();
let dir = "";

const VALID = `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend fe
  bind 127.0.0.1:18999
  default_backend be
backend be
  server s1 127.0.0.1:1
`;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "pointsman-cli-"));
  writeFileSync(join(dir, "valid.cfg"), VALID);
  writeFileSync(join(dir, "warned.cfg"), VALID.replace("  timeout connect 5s\n", ""));
  writeFileSync(join(dir, "wrong.cfg"), VALID.replace("default_backend", "default_bakend"));
  writeFileSync(join(dir, "silent.cfg"), VALID.replace("  bind 127.0.0.1:18999\n", ""));
  writeFileSync(join(dir, "unresolved.cfg"), VALID.replace("127.0.0.1:1\n", "nowhere.invalid:80\n"));
  writeFileSync(join(dir, "defaults.cfg"), VALID.slice(0, VALID.indexOf("frontend")));
  writeFileSync(join(dir, "proxies.cfg"), VALID.slice(VALID.indexOf("frontend")));
  mkdirSync(join(dir, "folder"));
  writeFileSync(join(dir, "folder/b.cfg"), VALID.slice(VALID.indexOf("frontend")));
  writeFileSync(join(dir, "folder/a.cfg"), VALID.slice(0, VALID.indexOf("frontend")));
  writeFileSync(join(dir, "folder/.hidden.cfg"), "nonsense\n");
  writeFileSync(join(dir, "folder/readme.txt"), "nonsense\n");
  mkdirSync(join(dir, "empty"));
  writeFileSync(join(dir, "env.cfg"), VALID.replace("18999", `"\${TEST_PORT}"`));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const MISSING = "Cannot open configuration file/directory missing.cfg : No such file or directory";

/** Words, exit code, exact stdout, and what stderr must contain ("" for nothing at all). */
const TABLE: readonly (readonly [words: string, code: number, stdout: string, stderr: string])[] = [
  ["-c -f valid.cfg", 0, "", ""],
  ["-c -V -f valid.cfg", 0, "Configuration file is valid\n", ""],
  ["-c -q -f valid.cfg", 0, "", ""],
  ["-c -q -V -f valid.cfg", 0, "Configuration file is valid\n", ""],
  ["-c -D -f valid.cfg", 0, "", ""],
  ["-c -db -d -f valid.cfg", 0, "", ""],
  ["-c -W -f valid.cfg", 0, "", ""],
  ["-c -- valid.cfg", 0, "", ""],
  ["-c -V -f defaults.cfg -f proxies.cfg", 0, "Configuration file is valid\n", ""],
  ["-c -V -f defaults.cfg -- proxies.cfg", 0, "Configuration file is valid\n", ""],
  ["-c -V -f folder", 0, "Configuration file is valid\n", ""],
  ["-c -f warned.cfg", 0, "Warnings were found.\n", "missing timeouts for backend 'be'."],
  ["-c -V -f warned.cfg", 0, "Warnings were found.\nConfiguration file is valid\n", "missing timeouts"],
  ["-c -q -f warned.cfg", 0, "", ""],
  ["-c -dW -f warned.cfg", 1, "", "Some warnings were found and 'zero-warning' is set. Aborting."],
  ["-dW -f warned.cfg", 1, "", "Some warnings were found and 'zero-warning' is set. Aborting."],
  ["-c -f wrong.cfg", 1, "", "parsing [wrong.cfg:8] : unknown keyword 'default_bakend' in 'frontend' section"],
  ["-f wrong.cfg", 1, "", "Fatal errors found in configuration."],
  ["-c -q -f wrong.cfg", 1, "", ""],
  ["-c -f silent.cfg", 2, NO_LISTENER(true), "frontend 'fe' has no 'bind' directive."],
  ["-f silent.cfg", 1, "", "No enabled listener found (check for 'bind' directives) ! Exiting."],
  ["-c -f /dev/null", 2, NO_LISTENER(false), ""],
  ["-f missing.cfg", 1, "", MISSING],
  ["-c -f missing.cfg", 1, "", MISSING],
  ["-q -c -f missing.cfg", 1, "", ""],
  ["-c -f valid.cfg -f missing.cfg", 1, "", MISSING],
  ["-C missing -c -f valid.cfg", 1, "", "Could not change to directory missing : No such file or directory"],
  ["-C folder -c -V -f a.cfg -f b.cfg", 0, "Configuration file is valid\n", ""],
  ["-c -f unresolved.cfg", 1, "", "could not resolve address 'nowhere.invalid'."],
  ["-c -dr -f unresolved.cfg", 0, "", "could not resolve address 'nowhere.invalid', disabling server."],
  ["-c -n 100 -f valid.cfg", 0, "", ""],
  ["-c -n x -f valid.cfg", 0, "", ""],
  ["-c -L peer -f valid.cfg", 0, "", ""],
  ["-c -p /nonexistent/pid -f valid.cfg", 0, "", ""],
  ["-c -dR -dS -de -f valid.cfg", 0, "", ""],
  ["-c -sf -f valid.cfg", 0, "", ""],
  ["-c -f valid.cfg -sf", 0, "", ""],
  ["-cc 1", 0, "", ""],
  ["-cc 0", 1, "", ""],
  ["-cc defined(NOT_SET_AT_ALL)", 1, "", ""],
  ["-cc streq(a,a)", 0, "", ""],
];

function NO_LISTENER(warned: boolean): string {
  const verdict = "Configuration file has no error but will not start (no listener) => exit(2).\n";
  return warned ? `Warnings were found.\n${verdict}` : verdict;
}

function check(finished: Finished, [, code, stdout, stderr]: (typeof TABLE)[number]): void {
  expect(finished.stdout).toBe(stdout);
  if (stderr === "") expect(finished.stderr).toBe("");
  else expect(finished.stderr).toContain(stderr);
  expect(finished.code).toBe(code);
}

describe("command lines", () => {
  for (const row of TABLE) {
    test(`pointsman ${row[0]}`, async () => {
      check(await runPointsman(row[0].split(" "), { cwd: dir }), row);
    });
  }

  test("a folder without configuration files is an error", async () => {
    const finished = await runPointsman(["-c", "-f", "empty"], { cwd: dir });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain("No configuration file (*.cfg) in empty");
  });

  test("environment variables reach the configuration", async () => {
    const words = ["-c", "-V", "-f", "env.cfg"];
    const filled = await runPointsman(words, { cwd: dir, env: { TEST_PORT: "18999" } });
    expect(filled).toEqual({ code: 0, stdout: "Configuration file is valid\n", stderr: "" });
    const empty = await runPointsman(words, { cwd: dir, env: { TEST_PORT: "" } });
    expect(empty.code).toBe(1);
  });
});

describe.skipIf(reference.path === undefined)(
  reference.path === undefined ? `the reference (skipped: ${reference.reason})` : "the reference says the same",
  () => {
    for (const row of TABLE) {
      test(`haproxy ${row[0]}`, async () => {
        check(await runPointsman(row[0].split(" "), { cwd: dir, program: reference.path ?? "" }), row);
      });
    }
  },
);

describe("what is printed about the program", () => {
  test("no argument, and arguments that mean nothing, show the usage and exit with 1", async () => {
    for (const words of [[], ["-h"], ["-c"], ["-V"], ["valid.cfg"], ["-c", "valid.cfg"], ["-f"], ["-x"]]) {
      const finished = await runPointsman(words, { cwd: dir });
      expect(finished.code).toBe(1);
      expect(finished.stdout).toStartWith("HAProxy version 3.2");
      expect(finished.stderr).toContain("Usage : pointsman [-f <cfgfile|cfgdir>]*");
    }
  });

  test("-v has the line that scripts look for, and says what it is", async () => {
    const { code, stdout, stderr } = await runPointsman(["-v"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toMatch(
      /^HAProxy version 3\.2\.\d+-pointsman-\d+\.\d+\.\d+ \d{4}\/\d\d\/\d\d - .*Pointsman/,
    );
    expect(stdout).toContain("it is not HAProxy");
    expect(/HA-?Proxy version ([0-9.]+)/.exec(stdout)?.[1]).toMatch(/^3\.2\.\d+$/);
  });

  test("-vv adds the build", async () => {
    const { code, stdout } = await runPointsman(["-vv"]);
    expect(code).toBe(0);
    expect(stdout).toContain("\nBuild options :");
    expect(stdout).toContain("Bun 1.4.5");
    expect(stdout).toContain("BoringSSL");
  });

  test("flags that would change what happens, and are not there yet, are refused", async () => {
    for (const words of [["-x", "/tmp/s"], ["-m", "100"], ["-N", "5"], ["-dKall"], ["-dMfail"], ["-dt"]]) {
      const finished = await runPointsman([...words, "-c", "-f", "valid.cfg"], { cwd: dir });
      expect(finished.code).toBe(1);
      expect(finished.stderr).toContain("not supported yet");
    }
  });

  test("the launcher works through a symbolic link", async () => {
    const link = join(dir, "link");
    await Bun.$`ln -sfn ${POINTSMAN} ${link}`;
    expect((await runPointsman(["-v"], { program: link })).code).toBe(0);
    expect((await runPointsman(["-v"], { program: "./link", cwd: dir })).code).toBe(0);
  });
});
