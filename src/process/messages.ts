// Owns what the main thread and its workers say to each other: plain data by structured clone. State that both must see all the time
// is not here but in the shared records (DESIGN §7).

import type { ConfigurationModel } from "../config/model/index.ts";
import type { ArenaShape } from "../records/index.ts";
import type { ProductFacts, StatsAdminAction } from "../stats/index.ts";
import type { ListenSpec, SocketAddress } from "../transport/types.ts";

/** Everything a worker needs to build its data plane; sent once. */
export interface WorkerStart {
  readonly kind: "start";
  readonly threadIndex: number;
  readonly model: ConfigurationModel;
  readonly arena: SharedArrayBuffer;
  readonly shape: ArenaShape;
  readonly pid: number;
  /** What `log-send-hostname` sends; "" for none. */
  readonly hostname: string;
  /** Numeric addresses of the log targets' host names. */
  readonly logHosts: Readonly<Record<string, string>>;
  readonly facts: ProductFacts;
  /** By server index. */
  readonly serverAddresses: readonly (SocketAddress | undefined)[];
}

/** A listening socket of this thread. */
export interface ThreadListener {
  readonly listenerIndex: number;
  readonly spec: ListenSpec;
}

export type ToWorker =
  | WorkerStart
  /** Accept from now on. Everything that needs privileges has been done. */
  | { readonly kind: "listen"; readonly listeners: readonly ThreadListener[] }
  | { readonly kind: "wake" }
  | { readonly kind: "address"; readonly serverIndex: number; readonly address: SocketAddress }
  | { readonly kind: "stop" }
  | { readonly kind: "kill" };

export type FromWorker =
  /** Every module is loaded, nothing more will be read from the file system. */
  | { readonly kind: "loaded" }
  | {
      readonly kind: "listening";
      readonly faults: readonly { readonly listenerIndex: number; readonly fault: string }[];
    }
  | { readonly kind: "drained" }
  /** The answer to "kill": the last log line is written. */
  | { readonly kind: "killed" }
  /** An assertion of ours failed; that session was ended and the thread lives. */
  | { readonly kind: "bug"; readonly text: string }
  /** A sentence for the user: a log target that does not work. */
  | { readonly kind: "alert"; readonly text: string }
  | { readonly kind: "admin"; readonly serverIndex: number; readonly action: StatsAdminAction };
