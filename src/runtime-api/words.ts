// Owns the words of a command line: `;` between commands, blanks between words, backslash before any character, `<<` at the end for a
// payload. It knows no command. Management manual §9.3.

/** As many words as one command may have. */
export const wordsMax = 64;

/** One line as commands, each a list of words. `payloadEnd` is the pattern behind `<<`, undefined without payload. */
export interface CommandLine {
  readonly commands: readonly (readonly string[])[];
  readonly payloadEnd: string | undefined;
}

/** Splits a line (without its line feed). */
export function splitLine(line: string): CommandLine {
  const payload = /(?:^|[ \t])<<([^ \t;]*)$/.exec(line);
  const text = payload === null ? line : line.slice(0, payload.index);
  return { commands: splitCommands(text), payloadEnd: payload === null ? undefined : (payload[1] ?? "") };
}

/** CR and NUL end a command just like `;`: the reference answers what stands behind them as a command of its own. */
function splitCommands(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === "\\" && i + 1 < text.length) {
      i++;
      word = (word ?? "") + text[i]!;
    } else if (letter === " " || letter === "\t") {
      endWord();
    } else if (letter === ";" || letter === "\r" || letter === "\0") {
      endWord();
      commands.push(words);
      words = [];
    } else {
      word = (word ?? "") + letter;
    }
  }
  endWord();
  commands.push(words);
  return commands;
}
