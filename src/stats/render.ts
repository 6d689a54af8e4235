// Owns rows as text: CSV, typed and JSON, as the runtime API and the page's exports print them. It decides no values.
// Management manual §9.1 and §9.2.

import { moduleColumns, type StatsColumn, type StatsColumnName, statsColumns, tagsOf } from "./columns.ts";
import type { StatsRow } from "./rows.ts";
import type { StatsValue } from "./types.ts";

/** The header line of the CSV, with its line feed. */
export const csvHeader: string = `# ${[
  ...statsColumns.map(([name]) => name),
  "-",
  ...moduleColumns.flatMap(({ columns }) => columns.map(([name]) => name)),
].join(",")},\n`;

/** The whole CSV. */
export function renderCsv(rows: readonly StatsRow[]): string {
  return csvHeader + rows.map(csvLine).join("");
}

function csvLine(row: StatsRow): string {
  let line = "";
  for (const [name] of statsColumns) line += `${csvField(row.values[name])},`;
  line += "-,";
  for (const { kinds, columns } of moduleColumns) {
    const hasThem = kinds.includes(row.kind);
    for (const [name] of columns) line += hasThem ? `${row.moduleValues[name] ?? 0},` : ",";
  }
  return `${line}\n`;
}

function csvField(value: StatsValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  // Line feeds would break whoever reads by lines; the reference has none in these fields either.
  const text = value.replace(/[\r\n]+/g, " ");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One column of one row that has a value. */
interface Field {
  readonly position: number;
  readonly column: StatsColumn;
  readonly value: StatsValue;
}

function fieldsOf(row: StatsRow): Field[] {
  const fields: Field[] = [];
  let position = 0;
  for (const column of statsColumns) {
    const value = row.values[column[0] as StatsColumnName];
    if (value !== undefined) fields.push({ position, column, value });
    position++;
  }
  for (const { kinds, columns } of moduleColumns) {
    for (const column of columns) {
      if (kinds.includes(row.kind)) fields.push({ position, column, value: row.moduleValues[column[0]] ?? 0 });
      position++;
    }
  }
  return fields;
}

const OBJECT_LETTERS = { frontend: "F", backend: "B", server: "S", listener: "L" } as const;

/** `F.2.0.4.scur.1:MGP:u32:0`, one value per line. */
export function renderTyped(rows: readonly StatsRow[]): string {
  let text = "";
  for (const row of rows) {
    const object = `${OBJECT_LETTERS[row.kind]}.${row.proxy.id}.${row.id}`;
    for (const { position, column, value } of fieldsOf(row)) {
      text += `${object}.${position}.${column[0]}.1:${tagsOf(column, row.kind)}:${column[2]}:${value}\n`;
    }
  }
  return text;
}

const OBJECT_NAMES = { frontend: "Frontend", backend: "Backend", server: "Server", listener: "Listener" } as const;

/** An array of objects, each an array of its fields, on one line. */
export function renderJson(rows: readonly StatsRow[]): string {
  const objects = rows.map((row) =>
    fieldsOf(row).map(({ position, column, value }) => ({
      objType: OBJECT_NAMES[row.kind],
      proxyId: row.proxy.id,
      id: row.id,
      ...describeField(position, column[0], tagsOf(column, row.kind), column[2], value),
    })),
  );
  return `${JSON.stringify(objects)}\n`;
}

const ORIGINS: Readonly<Record<string, string>> = { M: "Metric", S: "Status", K: "Key", C: "Config", P: "Product" };
const NATURES: Readonly<Record<string, string>> = {
  A: "Age",
  a: "Avg",
  C: "Counter",
  D: "Duration",
  G: "Gauge",
  L: "Limit",
  M: "Max",
  m: "Min",
  N: "Name",
  O: "Output",
  R: "Rate",
  T: "Time",
};
const SCOPES: Readonly<Record<string, string>> = { C: "Cluster", P: "Process", S: "Service", s: "System" };

/** The part of a JSON field that statistics and `show info` share. */
export function describeField(position: number, name: string, tags: string, type: string, value: StatsValue) {
  return {
    field: { pos: position, name },
    processNum: 1,
    tags: { origin: ORIGINS[tags[0]!], nature: NATURES[tags[1]!], scope: SCOPES[tags[2]!] },
    value: { type, value },
  };
}
