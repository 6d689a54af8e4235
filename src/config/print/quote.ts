// Owns the writing of words: the quotes and escapes with which the lexer reads exactly this text again. Configuration manual §2.2.

/** What ends or changes a word that stands without quotes. */
const SPECIAL = /[\s"'#\\\u0000-\u001f\u007f]/;
/** What strong quotes cannot hold, or would hide from the eye. */
const NOT_IN_STRONG = /['\u0000-\u001f\u007f]/;

/** The word as it has to be written. Plain where that is possible, in strong quotes mostly. */
export function quoteWord(text: string): string {
  if (text === "") return '""';
  if (!SPECIAL.test(text)) return text;
  if (!NOT_IN_STRONG.test(text)) return `'${text}'`;
  return `"${text.replace(/[\\"$\u0000-\u001f\u007f]/g, escaped)}"`;
}

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x20 && code !== 0x7f) return `\\${char}`;
  return NAMED[char] ?? `\\x${code.toString(16).padStart(2, "0")}`;
}
