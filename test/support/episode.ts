// Owns running one folder of examples/ the way a reader would: its run.sh with real Flask applications, on free ports.

import { resolve } from "node:path";
import { freePorts } from "./reference.ts";

export interface RunningEpisode {
  readonly url: string;
  readonly port: number;
  readonly appPorts: readonly number[];
  /** Everything printed so far: the applications' replacements, notices, log lines. */
  output(): string;
  /** Ends the script and with it all that it started. */
  stop(): Promise<void>;
}

const examples = resolve(import.meta.dir, "../../examples");

/** Starts `examples/<name>/run.sh` and waits until the balancer answers. */
export async function startEpisode(
  name: string,
  python: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningEpisode> {
  const ports = await freePorts(4);
  const [port, ...appPorts] = ports as [number, ...number[]];
  const child = Bun.spawn([`${examples}/${name}/run.sh`], {
    env: {
      ...process.env,
      ...environment,
      PYTHON: python,
      PORT: String(port),
      APP1_PORT: String(appPorts[0]),
      APP2_PORT: String(appPorts[1]),
      APP3_PORT: String(appPorts[2]),
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
    await collected;
  };
  const deadline = performance.now() + 40_000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`${name}/run.sh did not get the balancer to answer:\n${text}`);
    }
    await Bun.sleep(50);
  }
  // The probe's own connection has to be through before turns are counted.
  await Bun.sleep(300);
  return { url: `http://127.0.0.1:${port}`, port, appPorts, output: () => text, stop };
}

async function accepts(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
