// Owns the names of check results: `srv_check_status` is a number in SharedState, `check_status` and `check_desc` of the
// statistics are its names. It stands here because checks write it and statistics, of the same rank, show it.
// Management manual §9.1 "check_status".

/** `srv_check_status`, by the name that the CSV shows. The numbers are those of `show servers state`. */
export const CHECK_STATUS = {
  UNK: 0,
  INI: 1,
  HANA: 4,
  SOCKERR: 5,
  L4OK: 6,
  L4TOUT: 7,
  L4CON: 8,
  L6OK: 9,
  L6TOUT: 10,
  L6RSP: 11,
  L7TOUT: 12,
  L7RSP: 13,
  L7OK: 15,
  L7OKC: 16,
  L7STS: 17,
  PROCERR: 18,
  PROCTOUT: 19,
  PROCOK: 20,
} as const;

export type CheckStatusName = keyof typeof CHECK_STATUS;

const descriptions: Readonly<Record<CheckStatusName, string>> = {
  UNK: "Unknown",
  INI: "Initializing",
  HANA: "Health analyze",
  SOCKERR: "Socket error",
  L4OK: "Layer4 check passed",
  L4TOUT: "Layer4 timeout",
  L4CON: "Layer4 connection problem",
  L6OK: "Layer6 check passed",
  L6TOUT: "Layer6 timeout",
  L6RSP: "Layer6 invalid response",
  L7TOUT: "Layer7 timeout",
  L7RSP: "Layer7 invalid response",
  L7OK: "Layer7 check passed",
  L7OKC: "Layer7 check conditionally passed",
  L7STS: "Layer7 wrong status",
  PROCERR: "External check error",
  PROCTOUT: "External check timeout",
  PROCOK: "External check passed",
};

const names: readonly (CheckStatusName | undefined)[] = Array.from({ length: 21 }, (_, number) =>
  (Object.keys(CHECK_STATUS) as CheckStatusName[]).find((name) => CHECK_STATUS[name] === number),
);

/** "L4OK" for 6; "UNK" for a number that is none. */
export function checkStatusName(status: number): CheckStatusName {
  return names[status] ?? "UNK";
}

/** "Layer4 check passed" for 6. */
export function checkStatusDescription(status: number): string {
  return descriptions[checkStatusName(status)];
}

/** Whether the status carries a code of layer 5 to 7 (`check_code`). */
export function checkStatusHasCode(status: number): boolean {
  return status > 14;
}

/** `srv_check_result`. */
export const CHECK_RESULT = { unknown: 0, neutral: 1, failed: 2, passed: 3, conditionallyPassed: 4 } as const;

/** Bits of `srv_check_state`. */
export const CHECK_STATE = { inProgress: 0x01, configured: 0x02, enabled: 0x04, paused: 0x08, agent: 0x10 } as const;
