// Owns the way to ask the reference for the value of an expression, the truth of a condition or the effect of a rule: a frontend that answers every
// request itself with one header field per question.

import { variablesBefore } from "../sample/cases.ts";
import { startReference } from "../support/reference.ts";

/** One word of a configuration line, quoted so that the line's own rules leave it alone. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** What the reference said: a value, nothing, or that it refuses the question. */
export type Answer = string | null | { readonly refused: string };

const defaults = `global
  tune.maxrewrite 8192
  tune.bufsize 131072
  tune.http.maxhdr 4000
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
  timeout tarpit 10ms
frontend f
  bind 127.0.0.1:{{port:f}}
`;

/** Runs the reference with these lines in its only frontend and gives what it sends back for each request. */
export async function answersTo(lines: readonly string[], requests: readonly string[]): Promise<readonly string[]> {
  // Cases are bytes in latin1; the configuration is written as UTF-8.
  const reference = await startReference(Buffer.from(`${defaults}${lines.join("\n")}\n`, "latin1").toString("utf8"));
  try {
    const out: string[] = [];
    for (const request of requests) out.push(await exchange(reference.port("f"), request));
    return out;
  } finally {
    await reference.stop();
  }
}

/** Sends a request and reads until the answer is complete or the connection closes. */
function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const complete = (): boolean => {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return false;
      const length = Number(/^content-length: *(\d+)/im.exec(received.slice(0, end))?.[1] ?? 0);
      return received.length >= end + 4 + length;
    };
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          socket.write(Buffer.from(request, "latin1"));
        },
        data(socket, data) {
          received += data.toString("latin1");
          if (!complete()) return;
          socket.end();
          resolve(received);
        },
        close: () => resolve(received),
        connectError: (_socket, error) => reject(error),
      },
    }).catch(reject);
  });
}

/** Lines of questions, and how the number of one is found in a complaint about them. */
interface Questions {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly lines: (index: number) => readonly string[];
  readonly count: number;
}

/** Asks all questions on each request. Those that the reference refuses are taken out one start after the other. */
async function ask(questions: Questions, requests: readonly string[]): Promise<readonly (readonly Answer[])[]> {
  const refused = new Map<number, string>();
  for (;;) {
    const live = Array.from({ length: questions.count }, (_unused, i) => i).filter((i) => !refused.has(i));
    const lines = [...questions.before, ...live.flatMap((i) => questions.lines(i)), ...questions.after];
    try {
      const texts = await answersTo(lines, requests);
      return texts.map((text) => readAnswers(text, questions.count, refused));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const found = [...message.matchAll(/set-var\(txn\.v(\d+)\)' (?:rule|condition) : (.*)/g)];
      if (found.length === 0) throw error;
      for (const match of found) refused.set(Number(match[1]), (match[2] ?? "").replace(/\.$/, ""));
    }
  }
}

function readAnswers(text: string, count: number, refused: ReadonlyMap<number, string>): readonly Answer[] {
  const out: Answer[] = new Array<Answer>(count).fill(null);
  for (const [index, message] of refused) out[index] = { refused: message };
  const end = text.indexOf("\r\n\r\n");
  for (const match of text.slice(0, end).matchAll(/^x-(\d+): ?\[(.*)\]\r?$/gm)) out[Number(match[1])] = match[2] ?? "";
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`the reference answered ${text.slice(0, 60)}`);
  return out;
}

const variables = variablesBefore.map(([name, expression]) => `  http-request set-var(${name}) ${expression}`);
const finish = ["  http-request return status 200"];

/** The values of expressions as text. */
export function askValues(expressions: readonly string[], requests: readonly string[]) {
  const lines = (i: number): readonly string[] => [
    `  http-request set-var(txn.v${i}) ${quoteWord(expressions[i]!)}`,
    `  http-after-response set-header x-${i} [%[var(txn.v${i})]] if { var(txn.v${i}) -m found }`,
  ];
  return ask({ before: variables, after: finish, lines, count: expressions.length }, requests);
}

/** The truth of conditions: "1" where one holds. */
export function askConditions(conditions: readonly (readonly string[])[], requests: readonly string[]) {
  const lines = (i: number): readonly string[] => [
    `  http-request set-var(txn.v${i}) int(1) if { ${conditions[i]!.map(quoteWord).join(" ")} }`,
    `  http-after-response set-header x-${i} [%[var(txn.v${i})]] if { var(txn.v${i}) -m found }`,
  ];
  return ask({ before: variables, after: finish, lines, count: conditions.length }, requests);
}

/** What rules make of each request: the edited head, or the answer that they gave. */
export async function askRules(rules: readonly string[], requests: readonly string[]): Promise<readonly string[]> {
  const report = `  http-request return status 299 content-type text/plain lf-string "%[method] %[url]|%[req.hdrs,base64]|%[var(txn.v)]"`;
  const texts = await answersTo([...rules.map((rule) => `  http-request ${rule}`), report], requests);
  return texts.map(readEffect);
}

function readEffect(text: string): string {
  if (text === "") return "rejected";
  const end = text.indexOf("\r\n\r\n");
  const body = text.slice(end + 4);
  const [statusLine = "", ...headers] = text.slice(0, end).split("\r\n");
  const status = statusLine.slice(9, 12);
  if (status !== "299") return [status, ...headers, "", body].join("\n");
  const [line = "", fields = "", variable = ""] = body.split("|");
  const head = Buffer.from(fields, "base64").toString("latin1").trim().split("\r\n");
  return [line, ...head.map((field) => field.trimEnd()), "", variable].join("\n");
}
