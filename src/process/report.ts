// Owns what the process says on stderr: lines with the reference's prefix ("[ALERT]    (pid) : …"), its two opening notices, quiet
// mode, and the memory of all of it for `show startup-logs`. It knows no configuration. Management manual §3 ("-q", "-V").

import { PRODUCT } from "./product.ts";

export type Severity = "alert" | "warning" | "notice" | "diag";

/** As the reference pads them: the pid stands in one column. */
const PREFIX: Readonly<Record<Severity, string>> = {
  alert: "[ALERT]    ",
  warning: "[WARNING]  ",
  notice: "[NOTICE]   ",
  diag: "[DIAG]     ",
};

export interface ReporterOptions {
  readonly pid: number;
  /** What "path to executable" shows. */
  readonly executable: string;
  /** `-q` without `-V`: nothing is printed, everything is still counted and kept. */
  readonly quiet: boolean;
  /** Writes text with its line feeds; must not throw. */
  write(text: string): void;
}

/** Prints, counts and remembers what the process has to say. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #startupLines: string[];
  #introduced: boolean;
  #starting: boolean;
  #warnings: number;
  #alerts: number;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#startupLines = [];
    this.#introduced = false;
    this.#starting = true;
    this.#warnings = 0;
    this.#alerts = 0;
  }

  get warnings(): number {
    return this.#warnings;
  }

  get alerts(): number {
    return this.#alerts;
  }

  /** One message; `text` has no prefix and no last line feed, but may have further lines. */
  report(severity: Severity, text: string): void {
    if (severity === "warning") this.#warnings += 1;
    if (severity === "alert") this.#alerts += 1;
    if (severity !== "notice") this.#introduce();
    this.#emit(this.prefix(severity) + text);
  }

  /** Takes a message that was rendered elsewhere, prefix included. */
  rendered(severity: Severity, text: string): void {
    if (severity === "warning") this.#warnings += 1;
    if (severity === "alert") this.#alerts += 1;
    if (severity !== "notice") this.#introduce();
    this.#emit(text);
  }

  prefix(severity: Severity): string {
    return `${PREFIX[severity]}(${this.#options.pid}) : `;
  }

  /** Everything said while starting, with line feeds. */
  startupText(): string {
    return this.#startupLines.join("");
  }

  /** What is said from here on no longer belongs to the start, and needs no introduction. */
  started(): void {
    this.#starting = false;
    this.#introduced = true;
  }

  /** The first alert or warning is preceded by who is speaking, as the reference does. */
  #introduce(): void {
    if (this.#introduced) return;
    this.#introduced = true;
    this.#emit(`${this.prefix("notice")}${PRODUCT.name} version is ${PRODUCT.version}`);
    this.#emit(`${this.prefix("notice")}path to executable is ${this.#options.executable}`);
  }

  #emit(line: string): void {
    const text = line.endsWith("\n") ? line : `${line}\n`;
    if (this.#starting) this.#startupLines.push(text);
    if (!this.#options.quiet) this.#options.write(text);
  }
}

/** An error with where it came from. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
