// Owns HTML text: escaping, and numbers and times as people read them. Nothing reaches the page without passing here.

/** Makes text safe in an element and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}

/** Makes text (one character per byte) safe in a link. */
export function percentEncode(text: string): string {
  return text.replace(
    /[^A-Za-z0-9\-._~/]/g,
    (found) => `%${(found.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** 1234567 as "1,234,567". */
export function groupDigits(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Seconds in the two largest units: "3s", "2m5s", "4d7h". */
export function humanTime(seconds: number): string {
  const units = [
    [86400, "d"],
    [3600, "h"],
    [60, "m"],
    [1, "s"],
  ] as const;
  let left = Math.max(0, Math.trunc(seconds));
  const parts: string[] = [];
  for (const [size, letter] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || parts.length === 1) parts.push(`${count}${letter}`);
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0s" : parts.join("");
}
