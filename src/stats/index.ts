// The door of statistics: read-only views of SharedState as CSV, typed text, JSON and a page.

export { createStatsApplet } from "./applet.ts";
export { collectRows, everything, type StatsFilter } from "./collect.ts";
export { collectInfo, currentStreams, type InfoOptions, renderInfo, uptimeText } from "./info.ts";
export { jsonSchema } from "./json-schema.ts";
export { renderCsv, renderJson, renderTyped } from "./render.ts";
export type { StatsRow } from "./rows.ts";
export type { ProductFacts, StatsAdminAction, StatsAppletServices, StatsServices } from "./types.ts";
export { addressText, StatsView } from "./view.ts";
