// Owns the rows of `global` that tune what Pointsman does not have: memory sizes, pollers, kernel switches. They are checked, accepted, and listed by
// `-c -V`. What would change behaviour that a user can see does not belong here. Configuration manual §3.2 and §3.3.

import { tooManyWords } from "./arguments.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { parseSize, parseTime } from "./values.ts";

/** flag: no word. number, size, time, on-off: one word of that kind. words: any. */
type Shape = "flag" | "number" | "size" | "time" | "on-off" | "words";

const ROWS: Readonly<Record<Shape, string>> = {
  flag: "noepoll nokqueue noevports nopoll nosplice nogetaddrinfo noreuseport busy-polling no-memory-trimming pp2-never-send-local prealloc-fd tune.disable-fast-forward tune.disable-zero-copy-forwarding quick-exit insecure-fork-wanted insecure-setuid-wanted limited-quic no-quic h2-workaround-bogus-websocket-clients expose-deprecated-directives expose-experimental-directives tune.ssl.force-private-cache strict-limits set-dumpable",
  number:
    "tune.quic.zero-copy-fwd-send tune.quic.socket-owner tune.quic.retry-threshold tune.quic.reorder-ratio tune.quic.max-frame-loss tune.quic.frontend.stream-data-ratio tune.quic.frontend.max-tx-mem tune.quic.frontend.max-streams-bidi tune.quic.frontend.max-idle-timeout tune.quic.frontend.max-data-size tune.quic.frontend.glitches-threshold tune.quic.frontend.default-max-window-size tune.quic.frontend.conn-tx-buffers.limit tune.quic.disable-udp-gso tune.quic.disable-tx-pacing tune.quic.cc.cubic.min-losses tune.quic.cc-hystart tune.h2.max-concurrent-streams tune.h2.fe.max-total-streams tune.h2.fe.max-rst-at-once tune.h2.fe.max-concurrent-streams tune.h2.fe.glitches-threshold tune.h2.be.max-concurrent-streams tune.h2.be.glitches-threshold maxzlibmem maxcomprate maxcompcpuusage cpu-policy tune.listener.default-shards localpeer ssl-dh-param-file tune.ssl.default-dh-param maxpipes max-spread-checks tune.buffers.limit tune.buffers.reserve tune.maxaccept tune.maxpollevents tune.max-checks-per-thread tune.max-rules-at-once tune.pattern.cache-size tune.peers.max-updates-at-once tune.pool-high-fd-ratio tune.pool-low-fd-ratio tune.ring.queues tune.runqueue-depth tune.epoll.mask-events tune.events.max-events-at-once tune.h2.header-table-size tune.h2.initial-window-size tune.h2.be.initial-window-size tune.h2.fe.initial-window-size tune.h2.max-frame-size tune.h2.be.max-frames-at-once tune.h2.fe.max-frames-at-once tune.zlib.memlevel tune.zlib.windowsize tune.comp.maxlevel tune.ssl.cachesize tune.ssl.ssl-ctx-cache-size mworker-max-reloads thread-groups thread-hard-limit tune.memory.hot-size tune.renice.runtime tune.renice.startup stress-level tune.h2.log-errors",
  size: "tune.bufsize.small tune.pipesize tune.recv_enough tune.rcvbuf.backend tune.rcvbuf.client tune.rcvbuf.frontend tune.rcvbuf.server tune.sndbuf.backend tune.sndbuf.client tune.sndbuf.frontend tune.sndbuf.server tune.notsent-lowat.client tune.notsent-lowat.server tune.ssl.maxrecord tune.ssl.hard-maxrecord tune.ssl.capture-buffer-size tune.ssl.capture-cipherlist-size tune.h2.be.rxbuf tune.h2.fe.rxbuf tune.chksize",
  time: "tune.idletimer close-spread-time grace warn-blocked-traffic-after tune.ssl.lifetime",
  "on-off":
    "tune.fd.edge-triggered tune.idle-pool.shared tune.listener.multi-queue tune.sched.low-latency tune.takeover-other-tg-connections tune.applet.zero-copy-forwarding tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send tune.h2.zero-copy-fwd-send tune.pt.zero-copy-forwarding profiling.tasks profiling.memory numa-cpu-mapping",
  words:
    "debug.counters noktls shm-stats-file-max-objects tune.bufsize.large tune.cli.max-payload-size tune.defaults.purge tune.fail-alloc tune.fd.tables tune.lua.bool-sample-conversion tune.lua.burst-timeout tune.lua.forced-yield tune.lua.log.loggers tune.lua.log.stderr tune.lua.maxmem tune.lua.openlibs tune.lua.service-timeout tune.lua.session-timeout tune.lua.task-timeout tune.ssl.certificate-compression tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size tune.vars.reqres-max-size tune.vars.sess-max-size tune.vars.txn-max-size cpu-map cpu-set thread-group anonkey ssl-skip-self-issued-ca",
};

const EARLY = new Set([
  "noepoll",
  "nokqueue",
  "noevports",
  "nopoll",
  "localpeer",
  "expose-deprecated-directives",
  "expose-experimental-directives",
  "mworker-max-reloads",
]);
const NEGATABLE = new Set([
  "busy-polling",
  "set-dumpable",
  "strict-limits",
  "insecure-fork-wanted",
  "numa-cpu-mapping",
]);

function check(shape: Shape, statement: Statement, scope: GlobalScope): boolean {
  const { run } = scope;
  const [keyword, text] = [statement.word(0), statement.word(1)];
  if (shape === "words") return true;
  if (shape === "flag") return statement.negation !== undefined || !tooManyWords(run, statement, 0);
  if (tooManyWords(run, statement, 1)) return false;
  if (text === "") {
    const what = shape === "on-off" ? "either 'on' or 'off'" : shape === "time" ? "a time" : "an integer argument";
    if (shape === "on-off" && NEGATABLE.has(keyword)) return true;
    run.report.alert(statement, "PM1201", `'${keyword}' expects ${what}.`, { word: 1 });
    return false;
  }
  let problem: string | undefined;
  if (shape === "size") {
    const size = parseSize(text);
    if ("bad" in size) problem = `unexpected '${size.bad}' after size passed to '${keyword}'`;
  } else if (shape === "time") {
    const time = parseTime(text);
    if (!("ms" in time)) problem = `'${keyword}' : '${text}' is not a valid time`;
  } else if (shape === "on-off" && !/^(?:on|off|auto|full)$/.test(text)) {
    problem = `'${keyword}' expects either 'on' or 'off' (got '${text}').`;
  }
  if (problem === undefined) return true;
  run.report.alert(statement, shape === "time" ? "PM1205" : "PM1204", problem, { word: 1 });
  return false;
}

const SYNTAX: Readonly<Record<Shape, string>> = {
  flag: "",
  number: "<number>",
  size: "<size>",
  time: "<time>",
  "on-off": "on|off",
  words: "<words>",
};

/** Tuning without effect. */
export const GLOBAL_NO_EFFECT_ROWS: readonly GlobalRow[] = Object.entries(ROWS).flatMap(([shape, names]) =>
  names.split(" ").map(
    (name): GlobalRow => ({
      name,
      sections: ["global"],
      syntax: SYNTAX[shape as Shape],
      since: "",
      status: "no-effect",
      doc: "Tunes something that Pointsman does not have.",
      ...(EARLY.has(name) ? { early: true as const } : {}),
      ...(NEGATABLE.has(name) ? { negatable: true as const } : {}),
      parse: (statement, scope) => {
        if (check(shape as Shape, statement, scope)) scope.run.noteNoEffect(statement, name, 0);
      },
    }),
  ),
);
