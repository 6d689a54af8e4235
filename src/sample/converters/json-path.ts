// Owns the search of a path in JSON text as the reference does it: one pass without a tree, forgiving behind the value that was found, and strict
// before it. It knows members ("$.a.b", a backslash protects the next character) and indexes ("$.a[1]"). Configuration manual §7.3.1 "json_query".

/** What was found, and where its token stands. */
export interface JsonToken {
  readonly kind: "object" | "array" | "string" | "number" | "true" | "false" | "null";
  readonly start: number;
  readonly end: number;
}

/** How deep objects and arrays may nest. */
const depthLimit = 20;

const numberText = /-?[0-9]*(?:\.[0-9]*)?(?:[eE]-?\+?[0-9]*)?/y;
const words = { t: "true", f: "false", n: "null" } as const;

/** The escapes that strings may hold, `\u` aside. */
const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  '"': '"',
};

/** The end of the number at `at`; `at` itself where what stands there is none after all ("-", "5."). */
function numberEnd(text: string, at: number): number {
  numberText.lastIndex = at;
  const found = numberText.exec(text)?.[0] ?? "";
  return /[0-9]$|[eE]-?\+?$/.test(found) && /[0-9]/.test(found) ? at + found.length : at;
}

/** The offset of the closing quote, or −1. */
function stringEnd(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    const char = text[i];
    if (char === "\\" && escapes[text[i + 1] ?? ""] !== undefined) i++;
    else if (char === "\0") return -1;
    else if (char === '"') return i;
  }
  return -1;
}

/** Finds the value at `path`; undefined: there is none, or the text before it is no JSON. */
export function findJson(text: string, path: string): JsonToken | undefined {
  if (path[0] !== "$") return undefined;
  return new JsonSearch(text, path).run();
}

type Expecting = "value" | "key" | "colon" | "comma";

class JsonSearch {
  readonly #text: string;
  readonly #path: string;
  /** Opening brackets around the place. */
  readonly #nesting: string[] = [];
  #found: JsonToken | undefined;
  #done = false;
  #at = 0;
  #expecting: Expecting = "value";
  /** Depth of the place, and the depth that the path has been followed to. */
  #depth = 0;
  #wantedDepth = 0;
  #index = 0;
  #wantedIndex = 0;
  /** Where the object or array starts that the whole path names. */
  #start = -1;
  #position = 1;

  constructor(text: string, path: string) {
    this.#text = text;
    this.#path = path;
  }

  run(): JsonToken | undefined {
    while (!this.#done && this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      if (char === " " || char === "\t" || char === "\n" || char === "\r") this.#at++;
      else if (!this.#step(char)) return undefined;
    }
    return this.#found;
  }

  /** One token. False: this is no JSON. */
  #step(char: string): boolean {
    switch (this.#expecting) {
      case "value":
        return this.#value(char);
      case "key":
        if (char === "}") return this.#close(char);
        if (char !== '"') return false;
        return this.#string(false);
      case "colon":
        if (char !== ":") return false;
        this.#expecting = "value";
        this.#at++;
        return true;
      case "comma":
        if (char === "]" || char === "}") return this.#close(char);
        if (char !== ",") return false;
        this.#expecting = this.#nesting.at(-1) === "{" ? "key" : "value";
        this.#comma();
        this.#at++;
        return true;
    }
  }

  #value(char: string): boolean {
    if (char === "{" || char === "[") return this.#open(char);
    if (char === "]" && this.#nesting.length > 0) return this.#close(char);
    if (char === '"') return this.#string(true);
    if (char === "t" || char === "f" || char === "n") {
      const word = words[char];
      if (!this.#text.startsWith(word, this.#at)) return false;
      return this.#scalar(word, this.#at + word.length);
    }
    if (char !== "-" && (char < "0" || char > "9")) return false;
    return this.#scalar("number", numberEnd(this.#text, this.#at));
  }

  #string(isValue: boolean): boolean {
    const quote = stringEnd(this.#text, this.#at + 1);
    if (quote < 0) return false;
    if (isValue) return this.#scalar("string", quote + 1);
    this.#key(this.#text.slice(this.#at + 1, quote));
    this.#expecting = "colon";
    this.#at = quote + 1;
    return true;
  }

  #scalar(kind: JsonToken["kind"], end: number): boolean {
    if (this.#depth === this.#wantedDepth && this.#position >= this.#path.length) {
      this.#found = { kind, start: this.#at, end };
      this.#done = true;
    }
    if (this.#nesting.length === 0) this.#done = true;
    this.#expecting = "comma";
    this.#at = end;
    return true;
  }

  #open(char: string): boolean {
    if (this.#nesting.length >= depthLimit) return false;
    this.#nesting.push(char);
    if (char === "[" && this.#depth === this.#wantedDepth && this.#path[this.#position] === "[") {
      this.#index = 0;
      this.#wantedIndex =
        Number.parseInt(/^[-+]?[0-9]*/.exec(this.#path.slice(this.#position + 1))?.[0] || "0", 10) || 0;
      if (this.#wantedIndex === 0) {
        this.#wantedDepth++;
        this.#position += 3;
      }
    }
    if (this.#position >= this.#path.length && this.#depth === this.#wantedDepth) this.#start = this.#at;
    this.#depth++;
    this.#expecting = char === "{" ? "key" : "value";
    this.#at++;
    return true;
  }

  #close(char: string): boolean {
    const open = char === "]" ? "[" : "{";
    if (this.#nesting.pop() !== open) return false;
    this.#depth--;
    if (this.#position >= this.#path.length && this.#depth === this.#wantedDepth && this.#start >= 0) {
      this.#found = { kind: open === "[" ? "array" : "object", start: this.#start, end: this.#at + 1 };
      this.#done = true;
    }
    if (this.#nesting.length === 0) this.#done = true;
    this.#expecting = "comma";
    this.#at++;
    return true;
  }

  #comma(): void {
    if (this.#depth !== this.#wantedDepth + 1) return;
    this.#index++;
    if (this.#index !== this.#wantedIndex) return;
    const end = this.#path.indexOf("]", this.#position);
    // The reference would look for the bracket behind the path's end.
    if (end < 0) this.#done = true;
    this.#position = end + 1;
    this.#wantedDepth++;
  }

  #key(key: string): void {
    if (this.#depth === this.#wantedDepth) this.#done = true;
    if (this.#depth !== this.#wantedDepth + 1 || this.#path[this.#position] !== ".") return;
    const step = /^(?:\\[\s\S]|[^.[\\])*/.exec(this.#path.slice(this.#position + 1))?.[0] ?? "";
    if (step.replace(/\\([\s\S])/g, "$1") !== key) return;
    this.#wantedDepth++;
    this.#position += step.length + 1;
  }
}

/** What C code without a check makes of a hexadecimal digit. */
function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : code - 0x57;
}

/** The text of a string token with its escapes resolved; undefined where one is not known. */
export function unescapeJson(text: string): string | undefined {
  if (!text.includes("\\")) return text;
  let out = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") {
      out += text[i];
      continue;
    }
    const next = text[++i] ?? "";
    const plain = escapes[next];
    if (plain !== undefined) out += plain;
    else {
      // QUIRK: of the characters by number, only those of one byte are known, and the last two digits are not checked.
      const digits = text.slice(i + 1, i + 5);
      if (next !== "u" || digits.length < 4 || !digits.startsWith("00")) return undefined;
      out += String.fromCharCode(((hexDigit(digits, 2) << 4) | hexDigit(digits, 3)) & 255);
      i += 4;
    }
  }
  return out;
}
