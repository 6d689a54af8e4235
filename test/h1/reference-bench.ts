// Owns one exchange with the reference in front of a scripted server: bytes in, what each side received out. One exchange at a time.

import type { Socket, TCPSocketListener } from "bun";
import { ChunkedDecoder } from "../../src/protocol/h1/index.ts";
import { latin1, latin1Bytes } from "../../src/stdx/index.ts";
import { freePorts, type Reference, startReference } from "../support/reference.ts";

/** What came of one exchange. */
export interface Exchanged {
  /** What the client received up to the first complete head, with what came along with it; "" when the connection ended before. */
  readonly response: string;
  /** What the server received; "" when the request did not get there. */
  readonly received: string;
}

export const plainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A running reference with one frontend and one server, which answers each connection once and closes it. */
export class ReferenceBench {
  #reference: Reference;
  #server: TCPSocketListener;
  readonly #script: Script;

  private constructor(reference: Reference, server: TCPSocketListener, script: Script) {
    this.#reference = reference;
    this.#server = server;
    this.#script = script;
  }

  static async start(): Promise<ReferenceBench> {
    const script: Script = { answer: plainAnswer, waitForBody: false, received: "" };
    const [port] = await freePorts(1);
    const server = startServer(port!, script);
    const reference = await startReference(`
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  retries 0
frontend front
  bind 127.0.0.1:{{port:front}}
  default_backend back
backend back
  http-reuse never
  server s 127.0.0.1:${port}
`);
    return new ReferenceBench(reference, server, script);
  }

  async stop(): Promise<void> {
    this.#server.stop(true);
    await this.#reference.stop();
  }

  /** Sends `text`. The server answers with `answer` when it has the head, or with `waitForBody` a whole chunked body. */
  exchange(text: string, answer: string = plainAnswer, waitForBody = false, patienceMs = 4000): Promise<Exchanged> {
    const script = this.#script;
    script.answer = answer;
    script.waitForBody = waitForBody;
    script.received = "";
    return new Promise((resolve, reject) => {
      let got = "";
      let timer: Timer | undefined;
      const finish = () => {
        clearTimeout(timer);
        resolve({ response: got, received: script.received });
      };
      Bun.connect({
        hostname: "127.0.0.1",
        port: this.#reference.port("front"),
        socket: {
          open(socket) {
            timer = setTimeout(() => socket.terminate(), patienceMs);
            socket.write(latin1Bytes(text));
          },
          data(socket, bytes) {
            got += latin1(bytes, 0, bytes.length);
            if (!got.includes("\r\n\r\n")) return;
            finish();
            socket.terminate();
          },
          close: finish,
          error: (_, error) => reject(error),
        },
      }).catch(reject);
    });
  }
}

interface Script {
  answer: string;
  waitForBody: boolean;
  received: string;
}

function startServer(port: number, script: Script): TCPSocketListener {
  return Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(socket: Socket<unknown>, bytes: Uint8Array) {
        script.received += latin1(bytes, 0, bytes.length);
        const headEnd = script.received.indexOf("\r\n\r\n");
        if (headEnd < 0 || (script.waitForBody && !isBodyComplete(script.received.slice(headEnd + 4)))) return;
        socket.write(latin1Bytes(script.answer));
        socket.end();
      },
    },
  });
}

function isBodyComplete(body: string): boolean {
  const decoder = new ChunkedDecoder();
  decoder.scan(latin1Bytes(body), 0, body.length);
  return decoder.done;
}

/** The status of a response, 0 when there is none. */
export function statusOf(response: string): number {
  return Number(/^HTTP\/\d\.\d (\d+)/.exec(response)?.[1] ?? 0);
}

/** The head of a message with its empty line. */
export function headOf(message: string): string {
  return message.slice(0, message.indexOf("\r\n\r\n") + 4);
}
