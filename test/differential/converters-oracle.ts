// Owns the way to ask the reference for the values of many expressions at once: groups of expressions that read the request's fields x and y, one
// pipelined request per group and input, every value in hexadecimal. The same groups are evaluated in process by `evaluateHere`.

import type { CompiledExpression, ExpressionContext, SampleValue } from "../../src/sample/index.ts";
import { castBetween, compileExpression, parseExpression, typeOfValue } from "../../src/sample/index.ts";
import { headOf, viewOf } from "../sample/view.ts";
import { startReference } from "../support/reference.ts";
import { quoteWord } from "./acl-oracle.ts";

/** Expressions that are evaluated on the same inputs. `before` sets variables: name and expression. */
export interface Group {
  readonly before?: readonly (readonly [name: string, expression: string])[];
  readonly expressions: readonly string[];
}

/** What one request carries; both are latin1 text that may stand in a field. */
export interface Input {
  readonly group: number;
  readonly x: string;
  readonly y?: string;
}

/** The values of a group's expressions in hexadecimal; undefined where an expression fails. */
export type Answers = readonly (string | undefined)[];

/** A running reference. */
export interface ConverterOracle {
  ask(inputs: readonly Input[]): Promise<readonly Answers[]>;
  stop(): Promise<void>;
}

const bufferSize = 262_144;

/** Starts the reference with these groups. `global` has more lines for its global section. */
export async function startConverterOracle(
  groups: readonly Group[],
  global: readonly string[] = [],
): Promise<ConverterOracle> {
  const lines = groups.flatMap((group, i) => groupLines(group, i));
  const reference = await startReference(
    [
      "global",
      `  tune.bufsize ${bufferSize}`,
      ...global.map((line) => `  ${line}`),
      "defaults",
      "  mode http",
      "  timeout client 60s",
      "  timeout server 5s",
      "  timeout connect 5s",
      "frontend f",
      "  bind 127.0.0.1:{{port:f}}",
      ...lines,
      "",
    ].join("\n"),
  );
  return { ask: (inputs) => exchange(reference.port("f"), inputs), stop: () => reference.stop() };
}

function groupLines(group: Group, index: number): readonly string[] {
  const lines: string[] = [];
  for (const [name, expression] of group.before ?? []) {
    lines.push(`  http-request set-var(${name}) ${quoteWord(expression)} if { path /${index} }`);
  }
  const answers: string[] = [];
  for (const [i, expression] of group.expressions.entries()) {
    lines.push(`  http-request set-var(txn.v${i}) ${quoteWord(expression)} if { path /${index} }`);
    answers.push(`%[var(txn.v${i}),hex,concat(.)]|`);
  }
  lines.push(
    `  http-request return status 200 content-type text/plain lf-string '${answers.join("")}' if { path /${index} }`,
  );
  return lines;
}

/** All requests over one connection, a window of them on their way at any time. */
async function exchange(port: number, inputs: readonly Input[]): Promise<readonly Answers[]> {
  const window = 32;
  const answers: Answers[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sent = 0;
  let received = Buffer.alloc(0);
  let unsent = Buffer.alloc(0);
  const fill = (socket: Bun.Socket): void => {
    const texts: string[] = [];
    while (sent < inputs.length && sent - answers.length < window) texts.push(requestText(inputs[sent++]!));
    unsent = Buffer.concat([unsent, Buffer.from(texts.join(""), "latin1")]);
    const count = socket.write(unsent);
    unsent = unsent.subarray(Math.max(0, count));
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(connection, data) {
        received = Buffer.concat([received, data]);
        try {
          for (let next = takeResponse(received); next !== undefined; next = takeResponse(received)) {
            answers.push(next.answers);
            received = Buffer.from(received.subarray(next.length));
          }
        } catch (error) {
          reject(error);
        }
        if (answers.length === inputs.length) resolve();
        else fill(connection);
      },
      drain: fill,
      close: () => reject(new Error(`the reference closed after ${answers.length} of ${inputs.length} answers`)),
    },
  });
  if (inputs.length === 0) resolve();
  fill(socket);
  await promise;
  socket.end();
  return answers;
}

function requestText({ group, x, y = "" }: Input): string {
  return `GET /${group} HTTP/1.1\r\nhost: h\r\nx: ${x}\r\ny: ${y}\r\n\r\n`;
}

function takeResponse(bytes: Buffer): { readonly answers: Answers; readonly length: number } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (!head.startsWith("HTTP/1.1 200") || Number.isNaN(length)) throw new Error(`the reference answered ${head}`);
  if (bytes.length < headEnd + 4 + length) return undefined;
  const body = bytes.toString("latin1", headEnd + 4, headEnd + 4 + length);
  const answers = body.split("|").slice(0, -1);
  return {
    answers: answers.map((answer) => (answer.endsWith(".") ? answer.slice(0, -1) : undefined)),
    length: headEnd + 4 + length,
  };
}

const context: ExpressionContext = { phase: "http-request", backend: false, proxyName: "f" };

/** The compiled form of `expression`; throws with the parser's message where it is refused. */
export function compileHere(expression: string, given: ExpressionContext = context): CompiledExpression {
  const parsed = parseExpression([expression], 0, given);
  if ("problem" in parsed) throw new Error(`${expression}: ${parsed.problem.message}`);
  return compileExpression(parsed.expression);
}

/** A value as the reference shows it in hexadecimal. */
export function hexOf(value: SampleValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const cast = castBetween(typeOfValue(value), "bin");
  const bytes = cast === "same" ? value : cast === "impossible" ? "" : cast(value);
  return Buffer.from(bytes as string, "latin1")
    .toString("hex")
    .toUpperCase();
}

/** The same evaluation by our own closures, in the same order. */
export function evaluatorOf(group: Group, given: ExpressionContext = context): (input: Input) => Answers {
  const before = (group.before ?? []).map(([name, expression]) => [name, compileHere(expression, given)] as const);
  const expressions = group.expressions.map((expression) => compileHere(expression, given));
  return (input) => {
    const view = viewOf({ request: headOf(requestText(input)) });
    for (const [name, evaluate] of before) view.setVariable(name, evaluate(view));
    return expressions.map((evaluate) => hexOf(evaluate(view)));
  };
}
