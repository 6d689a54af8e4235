// Owns the episodes of `pointsman demo`: for each the haproxy.cfg of the tutorial series (with this machine's ports), the sample applications
// behind it, and the traffic that shows its algorithm at work. Pure data and text; it starts nothing.

export type EpisodeName = "roundrobin" | "random" | "source" | "uri" | "leastconn" | "l7";

export interface DemoPorts {
  readonly frontend: number;
  readonly stats: number;
  readonly apps: readonly number[];
  /** Path of the stats socket. */
  readonly socket: string;
}

/** One sample application: `answer` gives the text for a path, after `delayMs`. */
export interface SampleApp {
  readonly server: string;
  readonly delayMs: number;
  readonly answer: (path: string) => string;
}

export interface Episode {
  readonly name: EpisodeName;
  readonly title: string;
  /** What to look at. */
  readonly watch: string;
  readonly apps: readonly SampleApp[];
  /** Paths that the built-in client asks for, and how many client addresses it uses. */
  readonly paths: readonly string[];
  readonly clients: number;
  readonly requestsPerSecond: number;
  readonly backends: (ports: DemoPorts) => string;
  /** Extra lines of the frontend. */
  readonly frontend?: string;
}

const hello = (n: number, delayMs = 0): SampleApp => ({
  server: `server${n}`,
  delayMs,
  answer: (path) => (path === "/data" ? `Data from App ${n}!` : `Hello from App ${n}!`),
});

const three = [hello(1), hello(2), hello(3)];

function servers(lines: string): (ports: DemoPorts) => string {
  return (ports) => `backend servers
${lines}
${ports.apps.map((port, at) => `    server server${at + 1} 127.0.0.1:${port} check`).join("\n")}
`;
}

export const episodes: readonly Episode[] = [
  {
    name: "roundrobin",
    title: "EP 1: round robin",
    watch: "the three servers take strict turns",
    apps: three,
    paths: ["/"],
    clients: 1,
    requestsPerSecond: 30,
    backends: servers("    balance roundrobin"),
  },
  {
    name: "random",
    title: "EP 8: random, the better of two draws",
    watch: "no order, yet an even share for each",
    apps: three,
    paths: ["/", "/data"],
    clients: 1,
    requestsPerSecond: 30,
    backends: servers("    balance random\n    random draw 2"),
  },
  {
    name: "source",
    title: "EP 7: source address hash, consistent",
    watch: "each client address keeps its server; stop one and only its clients move",
    apps: three,
    paths: ["/"],
    clients: 12,
    requestsPerSecond: 30,
    backends: servers("    balance source\n    hash-type consistent"),
  },
  {
    name: "uri",
    title: "EP 7: URI hash, consistent",
    watch: "each URI keeps its server; stop one and only its URIs move",
    apps: three,
    paths: Array.from({ length: 24 }, (_, at) => `/page/${at + 1}`),
    clients: 1,
    requestsPerSecond: 30,
    backends: servers("    balance uri\n    hash-type consistent"),
  },
  {
    name: "leastconn",
    title: "EP 6: least connections",
    watch: "apps 1 and 3 sleep for 5 s: the fast one gets nearly all requests",
    apps: [hello(1, 5000), hello(2), hello(3, 5000)],
    paths: ["/"],
    clients: 1,
    requestsPerSecond: 12,
    backends: servers("    balance leastconn"),
  },
  {
    name: "l7",
    title: "EP 3: layer-7 routing by path",
    watch: "/static goes to static1, everything else to dynamic1",
    apps: [
      { server: "static1", delayMs: 0, answer: (path) => `the file ${path}` },
      {
        server: "dynamic1",
        delayMs: 0,
        answer: (path) => (path === "/api/data" ? '{"data":"Some dynamic data"}' : "Welcome to FitGuru!"),
      },
    ],
    paths: ["/", "/api/data", "/static/logo.png", "/api/data", "/static/style.css"],
    clients: 1,
    requestsPerSecond: 20,
    frontend: "    acl is_static path_beg /static\n    use_backend static_backend if is_static",
    backends: (ports) => `backend static_backend
    balance roundrobin
    server static1 127.0.0.1:${ports.apps[0]} check

backend dynamic_backend
    balance roundrobin
    server dynamic1 127.0.0.1:${ports.apps[1]} check
`,
  },
];

/** The haproxy.cfg that the demo runs: the episode's own, plus a stats page and a stats socket. */
export function demoConfiguration(episode: Episode, ports: DemoPorts): string {
  return `global
    log stdout format raw local0
    stats socket ${ports.socket} mode 600 level admin

defaults
    log     global
    mode    http
    option  httplog
    option  dontlognull
    timeout connect 5000ms
    timeout client  50000ms
    timeout server  50000ms

frontend http_front
    bind 127.0.0.1:${ports.frontend}
${episode.frontend ? `${episode.frontend}\n` : ""}    default_backend ${episode.name === "l7" ? "dynamic_backend" : "servers"}

${episode.backends(ports)}
frontend stats
    bind 127.0.0.1:${ports.stats}
    no log
    stats enable
    stats uri /
    stats refresh 2s
    stats admin if TRUE
`;
}
