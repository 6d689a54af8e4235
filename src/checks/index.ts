// The door of health checks: what starts them, and the one way to change a server.

export { parseNumericAddress } from "./server-address.ts";
export { startChecks } from "./start-checks.ts";
export type {
  AdminState,
  CheckOutcome,
  CheckServices,
  ForcedHealth,
  HealthController,
  ReportSeverity,
} from "./types.ts";
