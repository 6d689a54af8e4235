// The door of statistics: read-only views of SharedState as CSV, typed text, JSON and a page.

export type { ProductFacts, StatsAdminAction, StatsAppletServices, StatsServices } from "./types.ts";
