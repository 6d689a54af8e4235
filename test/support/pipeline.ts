// Owns a client for tests that ask thousands of questions: requests are pipelined over a few keep-alive connections to
// 127.0.0.1, and each answer is reduced to the value of one response header. Bodies must have a Content-Length.

export interface PipelineOptions {
  readonly port: number;
  /** Complete request heads, each with its empty line. */
  readonly requests: readonly string[];
  /** The response header whose value is the answer; "" when a response lacks it. */
  readonly header: string;
  /** 1 keeps the order of the requests as the order of processing. */
  readonly connections?: number;
  /** Sent first on every connection (a PROXY header). */
  readonly preamble?: string;
}

/** How many requests may be unanswered on a connection. */
const WINDOW = 64;

/** The answers in the order of the requests. Fails when a connection ends early. */
export async function pipeline(options: PipelineOptions): Promise<string[]> {
  const { requests } = options;
  const share = Math.ceil(requests.length / (options.connections ?? 4));
  const parts: Promise<string[]>[] = [];
  for (let from = 0; from < requests.length; from += share) {
    parts.push(oneConnection(options, requests.slice(from, from + share)));
  }
  return (await Promise.all(parts)).flat();
}

function oneConnection(options: PipelineOptions, requests: readonly string[]): Promise<string[]> {
  const answers: string[] = [];
  const wanted = new RegExp(`^${options.header}: *(.*)$`, "im");
  let sent = 0;
  let received = "";
  const refill = (socket: { write(text: string): number }) => {
    if (sent - answers.length > WINDOW / 2) return;
    const next = requests.slice(sent, answers.length + WINDOW);
    sent += next.length;
    if (next.length > 0) socket.write(next.join(""));
  };
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  Bun.connect({
    hostname: "127.0.0.1",
    port: options.port,
    socket: {
      open(socket) {
        if (options.preamble !== undefined) socket.write(options.preamble);
        refill(socket);
      },
      data(socket, bytes) {
        received += bytes.toString("latin1");
        for (;;) {
          const end = received.indexOf("\r\n\r\n");
          if (end < 0) break;
          const head = received.slice(0, end).replaceAll("\r", "");
          const size = end + 4 + Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
          if (received.length < size) break;
          received = received.slice(size);
          answers.push(wanted.exec(head)?.[1] ?? "");
        }
        if (answers.length < requests.length) return refill(socket);
        socket.end();
        resolve(answers);
      },
      close() {
        if (answers.length < requests.length) reject(new Error(`closed after ${answers.length} answers: ${received}`));
      },
    },
  }).catch(reject);
  return promise;
}
