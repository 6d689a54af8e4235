// The door of health checks.

export type { AdminState, CheckServices, ForcedHealth, HealthController, ReportSeverity } from "./types.ts";
