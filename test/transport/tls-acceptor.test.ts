// The short form that a thread uses: from a bind's texts to an acceptor of connections.

import { describe, expect, test } from "bun:test";
import { createTlsAcceptor } from "../../src/tls/index.ts";
import { createBunTlsEngine, createBunTransport } from "../../src/transport/bun/index.ts";
import { opensslMissing } from "../support/certificates.ts";
import { Recorder } from "./harness.ts";

import { answerHttp, LOOPBACK, run, sClient, site, title, until } from "./tls-support.ts";

describe.skipIf(opensslMissing !== undefined)(title("TLS acceptor of a bind"), () => {
  const bind = {
    certificates: [{ path: "site.pem", pem: site.certificate + site.key }],
    alpn: ["http/1.1"],
    minVersion: undefined,
    maxVersion: "TLSv1.2",
    ciphers: undefined,
    strictSni: false,
  };

  test("from texts to a connection whose handler is the owner's again", async () => {
    const transport = createBunTransport();
    const acceptor = createTlsAcceptor(transport, createBunTlsEngine(), bind);
    if ("fault" in acceptor) throw new Error(acceptor.fault);
    const owner = new Recorder(answerHttp);
    const outcomes: string[] = [];
    const listener = transport.listen(
      { address: LOOPBACK, backlog: 8 },
      {
        onAccept: (connection) => {
          connection.handler = owner;
          acceptor.accept(
            connection,
            (ready) => outcomes.push(`ready ${ready.tls?.version} ${ready.handler === owner}`),
            (_failed, fault) => outcomes.push(`failed ${fault}`),
          );
        },
      },
    );
    if ("fault" in listener) throw new Error(listener.fault);
    const out = await run(
      `(echo hello; sleep 0.3) | openssl s_client -quiet -connect 127.0.0.1:${listener.address.port}`,
    );
    expect(out).toContain("yes");
    await sClient(listener.address.port, "-tls1_3");
    await until(() => outcomes.length === 2 && owner.closed);
    expect(outcomes).toEqual(["ready TLSv1.2 true", "failed tls"]);
    listener.close();
  });

  test("what cannot be made is said", () => {
    const transport = createBunTransport();
    const make = (part: object): unknown => createTlsAcceptor(transport, createBunTlsEngine(), { ...bind, ...part });
    expect(make({ ciphers: "FOO" })).toEqual({ fault: "unable to set SSL cipher list to 'FOO'" });
    expect(make({ minVersion: "TLSv1.3" })).toEqual({ fault: "all SSL/TLS versions are disabled" });
    expect(make({ certificates: [{ path: "a", pem: site.certificate }] })).toEqual({
      fault: "No Private Key found in 'a.key'.",
    });
  });
});
