// Owns the keywords that left the language, with the reference's advice. Configuration manual: none of them is documented any more.

/** How the reference answers: "message" stands after "parsing [file:line] : " or, when `tight`, after "parsing [file:line]: ". */
export interface RemovedKeyword {
  readonly message: string;
  readonly tight?: true;
}

/** What to write instead, by keyword. All left with HAProxy 2.1. */
const ADVICE: Readonly<Record<string, string>> = {
  block: "Use 'http-request deny' which uses the exact same syntax.",
  reqadd: "Use 'http-request add-header' instead.",
  reqallow: "Use 'http-request allow' instead.",
  reqiallow: "Use 'http-request allow' instead.",
  reqdel: "Use 'http-request del-header' instead.",
  reqidel: "Use 'http-request del-header' instead.",
  reqideny: "Use 'http-request deny' instead.",
  reqipass: "",
  reqrep: "Use 'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead.",
  reqirep: "Use 'http-request replace-header' instead.",
  reqtarpit: "Use 'http-request tarpit' instead.",
  reqitarpit: "Use 'http-request tarpit' instead.",
  rspadd: "Use 'http-response add-header' instead.",
  rspdel: "Use 'http-response del-header' .",
  rspidel: "Use 'http-response del-header' instead.",
  rspdeny: "Use 'http-response deny' instead.",
  rspideny: "Use 'http-response deny' instead.",
  rsprep: "Use 'http-response replace-header' instead.",
  rspirep: "Use 'http-response replace-header' instead.",
};

function proxyTable(): ReadonlyMap<string, RemovedKeyword> {
  const table = new Map<string, RemovedKeyword>();
  for (const [name, advice] of Object.entries(ADVICE)) {
    const tail = advice === "" ? "" : ` ${advice}`;
    table.set(name, { message: `The '${name}' directive is not supported anymore since HAProxy 2.1.${tail}` });
  }
  // QUIRK: the reference drops words in these two.
  table.set("reqdeny", {
    message: "The 'reqdeny' not supported anymore since HAProxy 2.1. Use 'http-request deny' instead.",
  });
  table.set("reqpass", { message: "The 'reqpass' not supported anymore since HAProxy 2.1." });
  table.set("appsession", { message: "'appsession' is not supported anymore since HAProxy 1.6." });
  for (const [name, use] of Object.entries({ clitimeout: "client", contimeout: "connect", srvtimeout: "server" })) {
    table.set(name, {
      message: `the '${name}' directive is not supported anymore since HAProxy 2.1. Use 'timeout ${use}'.`,
    });
  }
  table.set("bind-process", { message: "'bind-process' is not supported anymore.", tight: true });
  table.set("grace", {
    message: "the 'grace' keyword is not supported any more since HAProxy version 2.5.",
    tight: true,
  });
  return table;
}

/** Removed keywords of proxies. */
export const REMOVED_PROXY_KEYWORDS = proxyTable();

/** `monitor-net` answers with the address that was written. */
export function removedMonitorNet(address: string): string {
  return `'monitor-net' doesn't exist anymore. Please use 'http-request return status 200 if { src ${address} }' instead.`;
}

/** Removed keywords of global. */
export const REMOVED_GLOBAL_KEYWORDS: ReadonlyMap<string, RemovedKeyword> = new Map([
  ["tune.chksize", { message: "option 'tune.chksize' is not supported any more (tune.bufsize is used instead)." }],
  [
    "nbproc",
    {
      message:
        "nbproc is not supported any more since HAProxy 2.5. Threads will automatically be used on multi-processor machines if available.",
    },
  ],
]);
