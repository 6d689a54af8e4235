// Owns the scenarios: what is asked of each balancer, as one haproxy.cfg for the reference and for Pointsman, and as the nearest nginx configuration.

import type { LoadSpec } from "./measure.ts";

export interface Ports {
  readonly frontend: number;
  readonly backends: readonly number[];
  /** A UDP sink for log lines. */
  readonly log: number;
}

export interface Scenario {
  readonly name: string;
  readonly what: string;
  /** Lines for the haproxy.cfg. */
  readonly global?: string;
  readonly frontend?: string;
  readonly backend?: string;
  readonly bindOptions?: string;
  /** For nginx's server block. */
  readonly nginx?: string;
  readonly nginxUpstream?: string;
  readonly path: string;
  readonly scheme?: "https";
  readonly load: Omit<LoadSpec, "url" | "seconds">;
  /** Fewer than usual where one request is much work. */
  readonly warmUpRequests?: number;
  /** The goal: at most this many times the reference's CPU per request. */
  readonly goal: number;
}

const rules = `
    acl is_static path_beg /static
    acl is_api path_beg /api/
    acl from_local src 127.0.0.0/8
    acl is_bot hdr_sub(user-agent) -i bot crawler spider
    acl has_session cook(session) -m found
    acl is_debug url_param(debug) 1
    acl is_write method POST PUT DELETE
    acl bad_host hdr(host) -i evil.example
    http-request deny if bad_host
    http-request deny if is_bot is_write
    http-request set-header x-forwarded-proto http
    http-request set-header x-client-ip %[src]
    http-request set-header x-api yes if is_api
    http-request set-header x-debug yes if is_debug from_local
    http-request set-header x-session yes if has_session
    option forwardfor
    use_backend other if is_static`;

export const scenarios: readonly Scenario[] = [
  { name: "plain", what: "small answer, keep-alive", path: "/", load: { connections: 64 }, goal: 1.0 },
  {
    name: "log",
    what: "with option httplog to a UDP syslog",
    path: "/",
    global: "    log 127.0.0.1:@LOG@ local0",
    frontend: "    log global\n    option httplog",
    nginx: "access_log syslog:server=127.0.0.1:@LOG@;",
    load: { connections: 64 },
    goal: 1.0,
  },
  {
    name: "rules",
    what: "8 ACLs, 7 http-request rules, forwardfor",
    path: "/api/data?debug=1",
    frontend: rules,
    nginx:
      "proxy_set_header x-forwarded-proto http; proxy_set_header x-client-ip $remote_addr; proxy_set_header x-forwarded-for $remote_addr;",
    load: {
      connections: 64,
      headers: [
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: en-US,en;q=0.9",
        "Cookie: theme=dark; session=0123456789abcdef",
      ],
    },
    goal: 1.0,
  },
  {
    name: "leastconn",
    what: "four servers, least connections",
    path: "/",
    backend: "    balance leastconn",
    nginxUpstream: "least_conn;",
    load: { connections: 64 },
    goal: 1.0,
  },
  {
    name: "close",
    what: "a new client connection per request",
    path: "/",
    load: { connections: 64, headers: ["Connection: close"] },
    goal: 1.2,
  },
  { name: "64k", what: "64 KB answer", path: "/64k", load: { connections: 64 }, goal: 1.2 },
  { name: "1m", what: "1 MB answer", path: "/1m", load: { connections: 16 }, warmUpRequests: 3000, goal: 1.0 },
  {
    name: "tls",
    what: "TLS 1.3 keep-alive, P-256",
    path: "/",
    bindOptions: "ssl crt @CERT@",
    scheme: "https",
    load: { connections: 64 },
    goal: 1.0,
  },
];

/** The configuration that the reference and Pointsman both run. */
export function haproxyConfiguration(scenario: Scenario, ports: Ports, certificate: string, threads: number): string {
  const servers = ports.backends.map((port, at) => `    server s${at + 1} 127.0.0.1:${port} check`).join("\n");
  return `global
    nbthread ${threads}
    maxconn 4000
${scenario.global ?? ""}

defaults
    mode http
    timeout connect 5s
    timeout client 50s
    timeout server 50s

frontend http_front
    bind 127.0.0.1:${ports.frontend} ${scenario.bindOptions ?? ""}
${scenario.frontend ?? ""}
    default_backend servers

backend servers
${scenario.backend ?? "    balance roundrobin"}
${servers}

backend other
${servers}
`
    .replaceAll("@LOG@", String(ports.log))
    .replaceAll("@CERT@", certificate);
}

/** nginx as a proxy doing the nearest thing. */
export function nginxConfiguration(scenario: Scenario, ports: Ports, certificate: string, folder: string): string {
  const tls = scenario.scheme === "https";
  return `worker_processes 1;
pid ${folder}/nginx-proxy.pid;
error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 100000000;
  upstream servers { ${scenario.nginxUpstream ?? ""} ${ports.backends.map((port) => `server 127.0.0.1:${port};`).join(" ")} keepalive 128; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${ports.frontend}${tls ? " ssl" : ""};
    ${tls ? `ssl_certificate ${certificate}; ssl_certificate_key ${certificate};` : ""}
    ${scenario.nginx ?? ""}
    location / { proxy_pass http://servers; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`.replaceAll("@LOG@", String(ports.log));
}

/** The servers behind: one nginx with four listening ports. */
export function backendConfiguration(ports: readonly number[], folder: string): string {
  return `worker_processes 1;
pid ${folder}/nginx-backend.pid;
error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on; tcp_nopush on;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 100000000;
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port};`).join(" ")}
    root ${folder}/www;
    default_type text/plain;
    location = /64k { try_files /64k =404; }
    location = /1m { try_files /1m =404; }
    location / { return 200 "Hello from the server!\\n"; }
  }
}
`;
}
