// Owns telling a service manager that the process serves (`sd_notify`, for `-Ws`). The socket is connected before chroot hides it.

import { createDatagramChannel } from "./log-channels.ts";

/** Returns what is to be called once the process serves. */
export function createReadiness(wanted: boolean): () => void {
  const path = process.env["NOTIFY_SOCKET"];
  if (!wanted || path === undefined || path === "") return () => {};
  const host = path.startsWith("@") ? `\0${path.slice(1)}` : path;
  const channel = createDatagramChannel(
    { family: "unix", host, port: 0 },
    { onDropped: () => {}, onFailure: () => {} },
  );
  return () => {
    const bytes = new TextEncoder().encode(`READY=1\nMAINPID=${process.pid}\nSTATUS=Serving.\n`);
    const at = channel.reserve(bytes.length);
    channel.bytes.set(bytes, at);
    channel.commit(at + bytes.length);
    channel.flush();
  };
}
