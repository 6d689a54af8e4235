// Owns the way from the command line to a checked configuration: files, front end, diagnostics, server names, and the verdict of `-c`. It starts
// nothing and binds nothing. Management manual §3 ("-c", "-V", "-q", "-dW").

import { writeSync } from "node:fs";
import { type ConfigEnvironment, loadConfiguration } from "../config/index.ts";
import type { ConfigurationModel } from "../config/model/index.ts";
import { type Diagnostic, type DiagnosticCode, renderDiagnostic } from "../diagnostics/index.ts";
import type { SocketAddress } from "../transport/types.ts";
import { resolveServers } from "./addresses.ts";
import { readConfigurationFiles } from "./configuration-files.ts";
import { createEnvironment } from "./environment.ts";
import { isTerminal } from "./libc.ts";
import { failure, printMachineReport } from "./machine-report.ts";
import type { RunOptions } from "./options.ts";
import type { Reporter } from "./report.ts";
import { systemErrorText } from "./system-error.ts";

export interface Prepared {
  readonly model: ConfigurationModel;
  readonly environment: ConfigEnvironment;
  /** The environment as `setenv` and friends left it. */
  readonly variables: ReadonlyMap<string, string>;
  readonly serverAddresses: (SocketAddress | undefined)[];
}

/** A configuration that can be started, or the exit code of a run that ends here. */
export async function prepare(options: RunOptions, reporter: Reporter): Promise<Prepared | number> {
  const said: Diagnostic[] = [];
  const prepared = await examine(options, reporter, said);
  if (options.output !== "text") printMachineReport(options.output, said, typeof prepared === "number" ? prepared : 0);
  return prepared;
}

/** As {@link prepare}; `said` takes what was found, for machines. */
async function examine(options: RunOptions, reporter: Reporter, said: Diagnostic[]): Promise<Prepared | number> {
  const fail: Fail = (code, texts) => {
    for (const text of texts) {
      reporter.report("alert", text);
      said.push(failure(code, text));
    }
    return 1;
  };
  if (options.directory !== undefined) {
    try {
      process.chdir(options.directory);
    } catch (error) {
      return fail("PM1401", [`Could not change to directory ${options.directory} : ${systemErrorText(error)}`]);
    }
  }
  const read = readConfigurationFiles(options.files);
  if ("alert" in read) return fail("PM1401", [read.alert]);
  const environment = createEnvironment({
    files: read.files.map((file) => file.path),
    localPeer: options.localPeer,
    masterWorker: options.masterWorker !== "no",
    diagnosticMode: options.diagnosticMode,
    ipv4Only: options.ipv4Only,
  });
  // `-c` judges the language; running refuses what is not supported yet (docs/adr/0005).
  const outcome = loadConfiguration(read.files, environment, { languageOnly: options.check });
  const { model: loaded, diagnostics, closing, variables } = outcome;
  said.push(...diagnostics, ...(options.verbose ? outcome.withoutEffect : []));
  const color = isTerminal(2) && process.env["NO_COLOR"] === undefined;
  for (const diagnostic of diagnostics) {
    reporter.rendered(diagnostic.severity, renderDiagnostic(diagnostic, { pid: process.pid, color }));
  }
  for (const text of closing) reporter.report("alert", text);
  if (loaded === undefined) return 1;
  if (outcome.unsupported > 0) {
    const what = outcome.unsupported === 1 ? "1 thing that is" : `${outcome.unsupported} things that are`;
    reporter.report("notice", `the file is valid but uses ${what} not supported yet: Pointsman refuses to run it.`);
  }
  const model = withOverrides(loaded, options);
  const refused = await tlsAlerts(model);
  fail("PM1402", refused);
  if (refused.length > 0) {
    reporter.report("alert", "config : Fatal errors found in configuration.");
    return 1;
  }
  const resolved = resolveServers(model, {
    resolveName: environment.resolveName,
    ignoreFailures: options.ignoreResolution,
  });
  for (const text of resolved.notices) reporter.report("notice", text);
  if (resolved.alerts.length > 0) return fail("PM1404", resolved.alerts);
  const verdict = verdictOf(model, options, reporter, fail);
  return verdict ?? { model, environment, variables, serverAddresses: resolved.addresses };
}

/** Says alerts; returns the exit code that they mean. */
type Fail = (code: DiagnosticCode, texts: readonly string[]) => number;

/** What the TLS library says of the binds. It is loaded only where there are any. */
async function tlsAlerts(model: ConfigurationModel): Promise<readonly string[]> {
  if (!model.proxies.some((proxy) => proxy.binds.some((bind) => bind.tls !== undefined))) return [];
  const { checkTlsBinds } = await import("./tls-acceptors.ts");
  return checkTlsBinds(model);
}

/** Flags win over the file. */
function withOverrides(model: ConfigurationModel, options: RunOptions): ConfigurationModel {
  const global = {
    ...model.global,
    ...(options.maxconn === undefined ? {} : { maxconn: options.maxconn }),
    ...(options.pidfile === undefined ? {} : { pidfile: options.pidfile }),
  };
  return { ...model, global };
}

/** The exit code where the run ends here, behind the front end. */
function verdictOf(model: ConfigurationModel, options: RunOptions, reporter: Reporter, fail: Fail): number | undefined {
  const machine = options.output !== "text";
  const quiet = machine || (options.quiet && !options.verbose);
  if (reporter.warnings > 0 && (options.zeroWarning || model.global.zeroWarning)) {
    reporter.report("alert", "Some warnings were found and 'zero-warning' is set. Aborting.");
    return 1;
  }
  const listening =
    model.global.statsSockets.length > 0 || model.proxies.some((proxy) => !proxy.disabled && proxy.binds.length > 0);
  if (options.check) {
    if (!quiet && reporter.warnings > 0) writeSync(1, "Warnings were found.\n");
    if (!listening) {
      if (machine) fail("PM1312", ["Configuration file has no error but will not start (no listener)."]);
      else if (!quiet) {
        writeSync(1, "Configuration file has no error but will not start (no listener) => exit(2).\n");
      }
      return 2;
    }
    if (options.verbose && !machine) writeSync(1, "Configuration file is valid\n");
    return 0;
  }
  if (!listening) {
    return fail("PM1312", ["[pointsman.main()] No enabled listener found (check for 'bind' directives) ! Exiting."]);
  }
  return undefined;
}
