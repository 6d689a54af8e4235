// Owns the fetches of layer 4: addresses and ports of the client's connection. Configuration manual §7.3.3.

import { parseIp } from "../ip.ts";
import type { FetchRow, Getter } from "../rows.ts";
import type { EndpointView, IpAddress, SampleView } from "../types.ts";

type Side = (view: SampleView) => EndpointView;

const sourceOf: Side = (view) => view.source;
const destinationOf: Side = (view) => view.destination;

/** Bytes of the endpoint's address. One entry is remembered: the rules of one stream ask for the same address again and again. */
function addressGetter(side: Side): Getter {
  let host = "";
  let address: IpAddress | undefined;
  return (view) => {
    const endpoint = side(view);
    if (endpoint.host !== host) {
      host = endpoint.host;
      address = endpoint.family === "unix" ? undefined : parseIp(host);
    }
    return address;
  };
}

function addressText(side: Side): (view: SampleView) => string | undefined {
  return (view) => {
    const endpoint = side(view);
    return endpoint.family === "unix" ? undefined : endpoint.host;
  };
}

/** The table of this file. */
export const connectionFetches: readonly FetchRow[] = [
  {
    name: "src",
    aliases: ["fc_src"],
    parameters: [],
    type: "addr",
    source: "client",
    since: "1.3",
    doc: "The client's address.",
    compile: () => addressGetter(sourceOf),
    text: () => addressText(sourceOf),
  },
  {
    name: "src_port",
    aliases: ["fc_src_port"],
    parameters: [],
    type: "sint",
    source: "client",
    since: "1.3",
    doc: "The client's port.",
    compile: () => (view) => view.source.port,
  },
  {
    name: "dst",
    aliases: ["fc_dst"],
    parameters: [],
    type: "addr",
    source: "client",
    since: "1.3",
    doc: "The address that the client connected to.",
    compile: () => addressGetter(destinationOf),
    text: () => addressText(destinationOf),
  },
  {
    name: "dst_port",
    aliases: ["fc_dst_port"],
    parameters: [],
    type: "sint",
    source: "client",
    since: "1.3",
    doc: "The port that the client connected to.",
    compile: () => (view) => view.destination.port,
  },
  {
    name: "fc_err",
    parameters: [],
    type: "sint",
    source: "client",
    since: "2.5",
    doc: "The error of the client's connection; 0, since a stream came of it.",
    compile: () => () => 0,
  },
];
