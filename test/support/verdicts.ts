// Owns asking both programs for their verdict on a configuration: the reference by running it with -c, Pointsman by its front end in this process.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { loadConfiguration } from "../../src/config/index.ts";
import { resolveServers } from "../../src/process/addresses.ts";
import { createEnvironment } from "../../src/process/environment.ts";

export type Outcome = "ok" | "warning" | "error";

export interface Verdict {
  readonly outcome: Outcome;
  /** Line of the first alert (the first warning when there is no alert); undefined when none is named. */
  readonly line: number | undefined;
  /** That message, for people. */
  readonly message: string;
}

/** A folder with the certificate that the corpus names, in which files are judged. */
export class Court {
  readonly folder = mkdtempSync(join(tmpdir(), "pointsman-verdict-"));
  readonly #reference: string;
  #count = 0;

  constructor(reference: string) {
    this.#reference = reference;
    const [key, chain] = [join(this.folder, "k"), join(this.folder, "c")];
    const request = [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=site",
      "-days",
      "30",
      "-keyout",
      key,
      "-out",
      chain,
    ];
    Bun.spawnSync(["openssl", ...request], { stderr: "ignore" });
    Bun.spawnSync(["sh", "-c", `cat ${chain} ${key} >${join(this.folder, "site.pem")}`]);
  }

  /** Both verdicts on the text, judged as the file `name`. */
  async judge(name: string, text: string): Promise<{ reference: Verdict; pointsman: Verdict }> {
    const path = join(this.folder, `${this.#count++}-${basename(name)}`);
    writeFileSync(path, text, "latin1");
    const reference = await this.#askReference(path);
    const pointsman = this.#askPointsman(path, text);
    rmSync(path);
    return { reference, pointsman };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #askReference(path: string): Promise<Verdict> {
    const child = Bun.spawn([this.#reference, "-c", "-f", path], {
      cwd: this.folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const code = await child.exited;
    const lines = (out + err).split("\n");
    const alert = lines.find((line) => line.startsWith("[ALERT]"));
    const warning = lines.find((line) => line.startsWith("[WARNING]"));
    const message = alert ?? warning ?? "";
    return { outcome: code !== 0 ? "error" : warning ? "warning" : "ok", line: blamed(message, path), message };
  }

  #askPointsman(path: string, text: string): Verdict {
    const previous = process.cwd();
    process.chdir(this.folder);
    try {
      const environment = createEnvironment({
        files: [path],
        localPeer: undefined,
        masterWorker: false,
        diagnosticMode: false,
        ipv4Only: false,
      });
      const loaded = loadConfiguration([{ path, text }], environment, { languageOnly: true });
      const first = loaded.diagnostics.find((one) => one.severity === "alert");
      const unresolved =
        loaded.model &&
        resolveServers(loaded.model, { resolveName: environment.resolveName, ignoreFailures: false }).alerts[0];
      if (unresolved !== undefined) return { outcome: "error", line: blamed(unresolved, path), message: unresolved };
      const warning = loaded.diagnostics.find((one) => one.severity === "warning");
      const message = (first ?? warning)?.message ?? "";
      const line = (first ?? warning)?.span?.line;
      const { proxies = [], global } = loaded.model ?? {};
      // Nothing to listen on is an exit code of its own, without an alert.
      const listens =
        (global?.statsSockets.length ?? 0) > 0 || proxies.some((proxy) => !proxy.disabled && proxy.binds.length > 0);
      if (first === undefined && !listens) return { outcome: "error", line: undefined, message: "no listener" };
      return { outcome: first ? "error" : warning ? "warning" : "ok", line, message };
    } finally {
      process.chdir(previous);
    }
  }
}

function blamed(message: string, path: string): number | undefined {
  const at = message.indexOf(`${path}:`);
  const line = at < 0 ? Number.NaN : Number.parseInt(message.slice(at + path.length + 1), 10);
  return Number.isNaN(line) ? undefined : line;
}
