// Owns the rows of `global` that tune what Pointsman does not have: memory sizes, pollers, kernel switches, QUIC, Lua, the internal HTTP client. They are
// checked, accepted, and listed by `-c -V`. What would change behaviour that a user can see does not belong here. Configuration manual §3.1 to §3.3.

import {
  CONTINUING,
  checkValue,
  cInteger,
  NOT_NEGATIVE,
  oneOf,
  SIZE_BY_CHARACTER,
  size,
  time,
  type ValueSpec,
  type ValueTest,
  wholeNumber,
  within,
} from "./global-values.ts";
import type { GlobalRow } from "./rows.ts";

const MOST = 2 ** 31 - 1;
const ZERO_TO_HUNDRED = "'%k' expects an integer argument between 0 and 100.";
const INTEGER = "'%k' expects an integer argument.";
const LONGEST = "(maximum value is 2147483647 ms or ~24.8 days)";

const onOff = (message: string): ValueSpec => ({ test: oneOf("on off", message) });
const words = (list: string, message: string): ValueSpec => ({ test: oneOf(list, message) });
const number = (missing: string, test?: ValueTest): ValueSpec => ({ missing, ...(test === undefined ? {} : { test }) });
const once = (message: string, test?: ValueTest): ValueSpec => ({
  missing: INTEGER,
  once: { counts: "not-zero", message },
  ...(test === undefined ? {} : { test }),
});

/** A number between two others, with one message for everything. */
function bounded(low: number, high: number, message: string): ValueSpec {
  return { missing: message, test: within(low, high, message) };
}

/** QUIC keywords share a first check of their own: a number that is not 0. */
const quic = (then: ValueTest = () => undefined): ValueTest => {
  const message = "'%k' expects a positive integer.";
  return (value) => (cInteger(value.text) === 0 && !/^\d{11,}/.test(value.text) ? message : then(value));
};

const quicWindow: ValueTest = ({ text }) => {
  const match = /^(-?\d+)([kmg]?)(.*)$/is.exec(text);
  if (match === null || (match[3] ?? "") !== "") {
    const loose = /^-?\d+[a-z]?$/i.test(text) || /^-?\d+-|^\d+s/.test(text);
    return loose
      ? "'%k' : should be between 10k and 4g"
      : "'%k' : expects an integer value with an optional suffix 'k', 'm' or 'g'";
  }
  const bytes = Number(match[1]) * 1024 ** ("kmg".indexOf((match[2] ?? "").toLowerCase() || "?") + 1);
  if (bytes > 2 ** 64) return "'%k' : could not parse congestion window value";
  return bytes < 10240 || bytes > 4 * 1024 ** 3 ? "'%k' : should be between 10k and 4g" : undefined;
};

const epollEvents: ValueTest = ({ text }) => {
  const bad = text === "" ? undefined : text.split(",").find((one) => !/^(?:err|hup|rdhup)$/.test(one));
  return bad === undefined
    ? undefined
    : `'%k' expects a comma-delimited list of 'err', 'hup' and 'rdhup' but got '${bad}'.`;
};

const niceness: ValueTest = ({ text }) =>
  cInteger(text) < -20 || cInteger(text) > 19 || (text !== "" && !/^-?\d+$/.test(text))
    ? "'%k' only supports values between -20 and 19 inclusive (was given %v)"
    : undefined;

const luaTime: ValueSpec = {
  words: "any",
  test: time({ bad: "%k: invalid timeout", overflow: `timer overflow in argument <%v> to <%k> ${LONGEST}` }),
};

const luaMemory: ValueTest = ({ text }) => {
  const rest = text.replace(/^\s*[+-]?\d+/, "");
  return rest === "" ? undefined : `%k: invalid number %v (error at '${rest.charAt(0)}')`;
};

const plainTime = (bad: string, overflow: string, missing?: string): ValueSpec => ({
  ...(missing === undefined ? {} : { missing }),
  test: time({ bad, overflow }),
});

const anonymousKey: ValueTest = ({ text }) =>
  Number(text) > 0xffff_ffff ? "'%k' value must be within range 0-4294967295 (was '%v')." : undefined;

/** QUIRK: these name the place twice. */
const socketBuffer: ValueSpec = {
  test: (value) => {
    const problem = size({ zero: "%p : '%k' expects a strictly positive integer argument." })(value);
    return problem?.startsWith("unexpected") ? `%p: ${problem}` : problem;
  },
  once: { counts: "not-zero", message: "%p : ignoring '%k' which was already specified." },
};

/** Specifications and the keywords that they hold for. */
const GROUPS: readonly (readonly [spec: ValueSpec, syntax: string, names: string])[] = [
  [
    { words: 0 },
    "",
    "noepoll nokqueue noevports nopoll nosplice nogetaddrinfo noreuseport busy-polling no-memory-trimming pp2-never-send-local prealloc-fd tune.disable-zero-copy-forwarding quick-exit insecure-fork-wanted insecure-setuid-wanted limited-quic no-quic h2-workaround-bogus-websocket-clients expose-deprecated-directives expose-experimental-directives tune.ssl.force-private-cache strict-limits tune.quic.disable-tx-pacing tune.quic.disable-udp-gso",
  ],
  [{ words: 0, experimental: "after-words" }, "", "tune.disable-fast-forward"],
  [{ words: 1, experimental: "first" }, "", "force-cfg-parser-pause tune.fd.edge-triggered"],
  [{ words: "any" }, "", "numa-cpu-mapping ssl-mode-async ssl-skip-self-issued-ca"],
  [
    { test: oneOf(" on off", "'%k' only supports 'on' and 'off' as an argument, found '%v'.") },
    "[on|off]",
    "set-dumpable",
  ],
  [{ missing: "a key is expected after '%k'.", words: "any", tight: true, test: anonymousKey }, "<key>", "anonkey"],
  [
    {
      missing: "%p: keyword '%k' in 'global' section requires an argument",
      test: oneOf("auto off", "%p: keyword '%k' in 'global' section requires either 'auto' or 'off' argument"),
    },
    "auto|off",
    "acme.scheduler",
  ],
  [
    {
      ...plainTime(
        "unexpected character '%c' in argument to <%k>.",
        `timer overflow in argument '%v' to '%k' ${LONGEST}`,
        "'%k' expects <time> as argument.",
      ),
      words: "any",
    },
    "<time>",
    "close-spread-time grace",
  ],
  [
    { missing: "expects an ASCII string argument.", once: { counts: "any", message: CONTINUING } },
    "<secret>",
    "cluster-secret",
  ],
  [
    words("on off", "'%k' expects either 'on' or 'off' but got '%v'."),
    "on|off",
    "httpclient.resolvers.disabled tune.idle-pool.shared tune.lua.log.loggers tune.sched.low-latency tune.ssl.keylog",
  ],
  [
    words("on auto off", "'%k' expects either 'on', 'auto', or 'off' but got '%v'."),
    "on|auto|off",
    "profiling.tasks tune.lua.log.stderr",
  ],
  [
    words("on fair off", "'%k' expects either 'on', 'fair', or 'off' but got '%v'."),
    "on|fair|off",
    "tune.listener.multi-queue",
  ],
  [
    onOff("'%k' expects 'on' or 'off'."),
    "on|off",
    "tune.applet.zero-copy-forwarding tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send tune.h2.zero-copy-fwd-send tune.pt.zero-copy-forwarding tune.quic.cc-hystart tune.quic.zero-copy-fwd-send",
  ],
  [
    {},
    "<value>",
    "httpclient.resolvers.id httpclient.ssl.ca-file tune.h2.be.max-frames-at-once tune.h2.fe.max-frames-at-once tune.h2.fe.max-rst-at-once tune.max-checks-per-thread",
  ],
  [words("ipv4 ipv6", "'%k' expects 'ipv4' or 'ipv6' as argument."), "ipv4|ipv6", "httpclient.resolvers.prefer"],
  [words("none required", "'%k' expects 'none' or 'required' as argument."), "none|required", "httpclient.ssl.verify"],
  [number(INTEGER), "<number>", "httpclient.retries maxzlibmem"],
  [
    plainTime("unexpected character '%c' in '%k'", `timer overflow in argument '%v' to '%k' ${LONGEST}`, INTEGER),
    "<time>",
    "httpclient.timeout.connect",
  ],
  [
    plainTime("unexpected character '%c' in '%k'", `timer overflow in argument '%v' to '%k' ${LONGEST}`),
    "<time>",
    "tune.quic.frontend.max-idle-timeout",
  ],
  [number("'%k' expects a name as an argument."), "<name>", "localpeer"],
  [
    {
      tight: true,
      missing: "'%k' expects an integer argument (0..50).",
      test: time({
        bad: "unsupported character '%c' in '%k' (wants an integer delay).",
        overflow: "timer overflow in argument <%v> to <%k>, maximum value is 2147483647 ms (~24.8 days).",
      }),
    },
    "<time>",
    "max-spread-checks",
  ],
  [
    bounded(0, 100, "'%k' expects an integer argument between 0 and 100."),
    "<0..100>",
    "maxcompcpuusage tune.pool-high-fd-ratio tune.pool-low-fd-ratio",
  ],
  [number("'%k' expects an integer argument in kb/s."), "<number>", "maxcomprate"],
  [{ missing: INTEGER, once: { counts: "not-zero", message: CONTINUING } }, "<number>", "maxpipes"],
  [number(INTEGER, within(0, MOST, "'%k' expects a positive value or zero.")), "<number>", "mworker-max-reloads"],
  [
    number("'%k' expects a level as an argument.", ({ text }) =>
      /^\d$/.test(text) ? undefined : "'%k' level must be between 0 and 9 inclusive.",
    ),
    "<0..9>",
    "stress-level",
  ],
  [
    { test: within(0, MOST, "'%k' expects a non-negative number but got '%v'.") },
    "<number>",
    "tune.buffers.limit tune.buffers.reserve",
  ],
  [
    { missing: INTEGER, test: size({ zero: "'%k' expects a positive integer argument." }) },
    "<size>",
    "tune.bufsize.small",
  ],
  [
    number(
      "'%k' expects a numeric value between 1 and 9",
      within(1, 9, "'%k' expects a numeric value between 1 and 9"),
    ),
    "<1..9>",
    "tune.comp.maxlevel",
  ],
  [{ test: epollEvents }, "<events>", "tune.epoll.mask-events"],
  [
    { test: within(1, 10000, "'%k' expects an integer argument between 1 and 10000.") },
    "<1..10000>",
    "tune.events.max-events-at-once",
  ],
  [{ test: within(0, 100, "'%k' expects a numeric value between 0 and 100.") }, "<0..100>", "tune.fail-alloc"],
  [bounded(0, 100, "'%k' expects a numeric value between 0 and 100"), "<0..100>", "tune.glitches.kill.cpu-usage"],
  [
    { test: NOT_NEGATIVE },
    "<number>",
    "tune.h2.be.glitches-threshold tune.h2.be.initial-window-size tune.h2.be.max-concurrent-streams tune.h2.fe.glitches-threshold tune.h2.fe.initial-window-size tune.h2.fe.max-concurrent-streams tune.h2.fe.max-total-streams tune.h2.initial-window-size tune.h2.max-concurrent-streams",
  ],
  [{ test: SIZE_BY_CHARACTER }, "<size>", "tune.h2.be.rxbuf tune.h2.fe.rxbuf"],
  [
    { test: within(4096, 65536, "'%k' expects a numeric value between 4096 and 65536.") },
    "<size>",
    "tune.h2.header-table-size",
  ],
  [
    { test: within(16384, 16777215, "'%k' expects a numeric value between 16384 and 16777215.") },
    "<size>",
    "tune.h2.max-frame-size",
  ],
  [
    words("none connection stream", "'%k' expects 'none', 'connection', or 'stream'"),
    "none|connection|stream",
    "tune.h2.log-errors",
  ],
  [
    number(
      "'%k' expects a timer value between 0 and 65535 ms.",
      time({
        bad: "unexpected character '%c' in argument to <%k>.",
        overflow: "timer overflow in argument <%v> to <%k>, maximum value is 65535 ms.",
        most: 65535,
        range: "'%k' expects a timer value between 0 and 65535 ms.",
      }),
    ),
    "<time>",
    "tune.idletimer",
  ],
  [
    words(
      "by-process by-thread by-group",
      "'%k' expects either 'by-process', 'by-group', or 'by-thread' but got '%v'.",
    ),
    "by-process|by-thread|by-group",
    "tune.listener.default-shards",
  ],
  [
    words("normal pre-3.1-bug", "'%k' expects either 'normal' or 'pre-3.1-bug' but got '%v'."),
    "normal|pre-3.1-bug",
    "tune.lua.bool-sample-conversion",
  ],
  [luaTime, "<time>", "tune.lua.burst-timeout tune.lua.service-timeout tune.lua.session-timeout tune.lua.task-timeout"],
  [{ words: "any", test: wholeNumber("%k: invalid number") }, "<number>", "tune.lua.forced-yield"],
  [
    { words: "any", missing: "'%k' expects an integer argument (Lua memory size in MB).", test: luaMemory },
    "<number>",
    "tune.lua.maxmem",
  ],
  [
    number("'%k' expects a positive numeric value", within(0, MOST, "'%k' expects a positive numeric value")),
    "<number>",
    "tune.max-rules-at-once tune.pattern.cache-size",
  ],
  [
    { missing: "'%k' expects an integer argument", once: { counts: "not-zero", message: CONTINUING } },
    "<number>",
    "tune.maxaccept",
  ],
  [once(CONTINUING), "<number>", "tune.maxpollevents tune.runqueue-depth"],
  [
    { test: ({ text }) => (/^\s*\+?\d*[1-9]/.test(text) ? undefined : "'%k' expects a strictly positive value.") },
    "<size>",
    "tune.memory.hot-size",
  ],
  [
    once(CONTINUING, size()),
    "<size>",
    "tune.notsent-lowat.client tune.notsent-lowat.server tune.rcvbuf.client tune.rcvbuf.server tune.sndbuf.client tune.sndbuf.server",
  ],
  [
    { test: within(1, MOST, "'%k' expects an integer argument greater than 0.") },
    "<number>",
    "tune.peers.max-updates-at-once",
  ],
  [{ missing: INTEGER, test: size() }, "<size>", "tune.pipesize"],
  [
    { missing: INTEGER, test: size({ most: "'%k' expects a size in bytes from 0 to 2147483647." }) },
    "<size>",
    "tune.recv_enough",
  ],
  [socketBuffer, "<size>", "tune.rcvbuf.backend tune.rcvbuf.frontend tune.sndbuf.backend tune.sndbuf.frontend"],
  [
    { test: quic() },
    "<number>",
    "tune.quic.cc.cubic.min-losses tune.quic.frontend.glitches-threshold tune.quic.frontend.max-streams-bidi tune.quic.max-frame-loss tune.quic.retry-threshold",
  ],
  [
    {
      test: quic(),
      obsolete:
        "'%k' keyword is now obsolete and has no effect. Use 'tune.quic.frontend.default-max-window-size' to limit Tx buffer allocation per connection.",
    },
    "<number>",
    "tune.quic.frontend.conn-tx-buffers.limit",
  ],
  [{ test: quic(quicWindow) }, "<size>", "tune.quic.frontend.default-max-window-size"],
  [{ test: quic(SIZE_BY_CHARACTER) }, "<size>", "tune.quic.frontend.max-data-size tune.quic.frontend.max-tx-mem"],
  [
    { test: quic(within(1, 100, "'%k' expects an integer argument between 1 and 100.")) },
    "<1..100>",
    "tune.quic.frontend.stream-data-ratio",
  ],
  [{ test: quic(within(0, 100, ZERO_TO_HUNDRED)) }, "<1..100>", "tune.quic.reorder-ratio"],
  [
    words("listener connection", "'%k' expects either 'listener' or 'connection' but got '%v'."),
    "listener|connection",
    "tune.quic.socket-owner",
  ],
  [{ test: niceness }, "<-20..19>", "tune.renice.runtime tune.renice.startup"],
  [{ test: within(0, 16, "'%k' expects a number between 0 and 16 but got '%v'.") }, "<0..16>", "tune.ring.queues"],
  [
    number(INTEGER, NOT_NEGATIVE),
    "<number>",
    "tune.ssl.cachesize tune.ssl.hard-maxrecord tune.ssl.maxrecord tune.ssl.ssl-ctx-cache-size",
  ],
  [
    words("auto off", "'%k' expects either 'auto' or 'off' but got '%v'."),
    "auto|off",
    "tune.ssl.certificate-compression",
  ],
  [
    number(INTEGER, ({ text }) =>
      cInteger(text) >= 0 && cInteger(text) < 1024 ? "'%k' expects a value >= 1024." : undefined,
    ),
    "<number>",
    "tune.ssl.default-dh-param",
  ],
  [
    number(
      "'%k' expects ssl sessions <lifetime> in seconds as argument.",
      time({
        unit: "s",
        bad: "unexpected character '%c' in argument to <%k>.",
        overflow: "timer overflow in argument '%v' to <%k> (maximum value is 2147483647 s or ~68 years).",
      }),
    ),
    "<time>",
    "tune.ssl.lifetime",
  ],
  [
    number(
      "'%k' expects 'none', 'restricted', or 'full'",
      oneOf("none restricted full", "'%k' expects 'none', 'restricted', or 'full', got '%v'"),
    ),
    "none|restricted|full",
    "tune.takeover-other-tg-connections",
  ],
  [
    { words: "any", test: wholeNumber("%k: '%v' is an invalid size") },
    "<size>",
    "tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size tune.vars.reqres-max-size tune.vars.sess-max-size tune.vars.txn-max-size",
  ],
  [
    {
      words: "any",
      missing: "'%k' expects <time> as argument between 1 and 1000 ms.",
      test: time({
        bad: "unexpected character '%c' in argument to <%k>.",
        overflow: "timer overflow in argument '%v' to '%k' (maximum value is 1000 ms)",
        least: 1,
        most: 1000,
        range: "timer out of range in argument '%v' to '%k' (value must be between 1 and 1000 ms)",
      }),
    },
    "<time>",
    "warn-blocked-traffic-after",
  ],
  [
    { missing: "global statement '%k' expects a directory path as an argument.", words: "any" },
    "<path>",
    "ssl-provider-path",
  ],
  [
    { missing: "'%k' expect one argument: a file path.", words: "any", once: { counts: "any", message: CONTINUING } },
    "<file>",
    "server-state-file",
  ],
  [
    {
      missing: "'%k' expects one argument: a directory path.",
      words: "any",
      once: { counts: "any", message: CONTINUING },
    },
    "<directory>",
    "server-state-base",
  ],
];

/** Keywords that the first pass over the files reads. */
const EARLY = new Set([
  "noepoll",
  "nokqueue",
  "noevports",
  "nopoll",
  "localpeer",
  "expose-deprecated-directives",
  "mworker-max-reloads",
]);

/** `no` is legal in front of these; some of them do not count the words behind then. */
const NEGATABLE = new Set([
  "busy-polling",
  "set-dumpable",
  "strict-limits",
  "insecure-fork-wanted",
  "numa-cpu-mapping",
]);

function row(spec: ValueSpec, syntax: string, name: string): GlobalRow {
  const negatable = NEGATABLE.has(name);
  return {
    name,
    sections: ["global"],
    syntax,
    since: "",
    status: "no-effect",
    doc: "Tunes something that Pointsman does not have.",
    ...(EARLY.has(name) ? { early: true as const } : {}),
    ...(negatable ? { negatable: true as const } : {}),
    parse: (statement, scope) => {
      const counted = statement.negation === undefined || name === "strict-limits";
      if (counted && !checkValue(statement, scope, spec)) return;
      if (name === "localpeer") scope.run.variables.set("HAPROXY_LOCALPEER", statement.word(1));
      if (name.startsWith("expose-") || name === "tune.lua.bool-sample-conversion") scope.draft.seen.add(name);
      scope.run.noteNoEffect(statement, name, 0);
    },
  };
}

/** Tuning without effect. */
export const GLOBAL_NO_EFFECT_ROWS: readonly GlobalRow[] = GROUPS.flatMap(([spec, syntax, names]) =>
  names.split(" ").map((name) => row(spec, syntax, name)),
);
