// Prints a model for golden files: one line for each thing that is not at its default, so that a change of meaning shows and nothing else does.

const LINE = 130;

/** The outline of plain data. */
export function outline(value: unknown, indent = ""): string {
  const lines: string[] = [];
  if (typeof value !== "object" || value === null) return `${indent}${JSON.stringify(value)}\n`;
  for (const [key, original] of Object.entries(value)) {
    const pem = typeof original === "string" && original.startsWith("-----BEGIN ");
    const part = pem ? `PEM of ${original.length} bytes` : isFormat(original) ? original.text : original;
    if (isDefault(part)) continue;
    const label = Array.isArray(value) ? "-" : `${key}:`;
    const short = JSON.stringify(part, (_key, one) => (isDefault(one) ? undefined : one));
    if (typeof part !== "object" || short.length + indent.length + label.length < LINE)
      lines.push(`${indent}${label} ${short}\n`);
    else lines.push(`${indent}${label}\n${outline(part, `${indent}  `)}`);
  }
  return lines.join("");
}

/** A log format is known by its text; how it is cut is the log's own business. */
function isFormat(value: unknown): value is { readonly text: string } {
  return typeof value === "object" && value !== null && "items" in value && "text" in value;
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === false || value === "" || value === 0) return true;
  return Array.isArray(value) && value.length === 0;
}
