// Owns the names of `global` that HAProxy has elsewhere and that 3.2 answers as unknown: newer versions', and those of builds with other libraries. They are
// unknown here too; the hint says why.

const NEWER =
  "cpu-affinity debug.counters jwt.decrypt_alg_list jwt.decrypt_enc_list max-threads-per-group noktls shm-stats-file shm-stats-file-max-objects ssl-passphrase-cmd tune.bufsize.large tune.cli.max-payload-size tune.defaults.purge tune.fd.tables tune.h1.be.glitches-threshold tune.h1.fe.glitches-threshold tune.lua.openlibs tune.ssl.keyupdate-rate-limit tune.streams-elasticity";
const OTHER_BUILDS =
  "51degrees-allow-unmatched 51degrees-cache-size 51degrees-data-file 51degrees-difference 51degrees-drift 51degrees-property-name-list 51degrees-property-separator 51degrees-use-performance-graph 51degrees-use-predictive-graph deviceatlas-json-file deviceatlas-log-level deviceatlas-properties-cookie deviceatlas-separator profiling.memory ssl-engine tune.zlib.memlevel tune.zlib.windowsize wurfl-cache-size wurfl-data-file wurfl-information-list wurfl-information-list-separator";

/** Why a keyword of global is unknown, by its name. */
export const ABSENT_GLOBAL_KEYWORDS: ReadonlyMap<string, string> = new Map([
  ...NEWER.split(" ").map((name): [string, string] => [name, "HAProxy has this keyword since a version after 3.2."]),
  ...OTHER_BUILDS.split(" ").map((name): [string, string] => [
    name,
    "HAProxy has this keyword only when it is built with a library that neither it nor Pointsman has here.",
  ]),
]);
