/** Lines of Python of a width that can be read. */
import { pythonString } from "../quoting.js";

/** In columns. */
export const WIDTH = 100;

/** On one line if that fits `indent` columns further to the right, or with the items on lines of their own. */
export function filled(head: string, items: readonly string[], tail: string, indent = 4): readonly string[] {
  const room = WIDTH - indent;
  const line = `${head}${items.join(", ")}${tail}`;
  if (line.length <= room) return [line];
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const longer = `${last ?? ""} ${item},`;
    if (last !== undefined && longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(`    ${item},`);
  }
  return [head, ...lines.slice(0, -1), `${lines.at(-1)?.slice(0, -1) ?? ""}${tail}`];
}

/** A tuple in the middle of a statement. */
export function inTuple(head: string, items: readonly string[], tail: string, indent = 4): readonly string[] {
  return filled(`${head}(`, items, items.length === 1 ? `,)${tail}` : `)${tail}`, indent);
}

/** A list: for each of `rows` what stands between `open` and `close`. */
export function comprehension(
  head: string,
  [open, items, close]: readonly [string, readonly string[], string],
  rows: string,
): readonly string[] {
  const line = `${head}[${open}${items.join(", ")}${close} ${rows}]`;
  if (line.length <= WIDTH - 4) return [line];
  return [`${head}[`, ...filled(open, items, close, 8).map((each) => `    ${each}`), `    ${rows}]`];
}

/** A call with one text, which may go on for several lines. */
export function textCall(head: string, text: string, tail: string, indent = 4): readonly string[] {
  const line = `${head}${pythonString(text)}${tail}`;
  if (line.length <= WIDTH - indent) return [line];
  const room = WIDTH - indent - 4 - tail.length;
  const words = text.split(/(?<= )/);
  const pieces: string[] = [];
  for (const word of words) {
    const longer = (pieces.at(-1) ?? "") + word;
    if (pieces.length > 0 && pythonString(longer).length <= room) pieces[pieces.length - 1] = longer;
    else pieces.push(word);
  }
  const lines = pieces.map((piece) => `    ${pythonString(piece)}`);
  return [head, ...lines.slice(0, -1), `${lines.at(-1) ?? ""}${tail}`];
}

/** Words of a docstring; a line that goes on is indented. */
export function wrappedWords(text: string, room = WIDTH): readonly string[] {
  const [indent = ""] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = indent;
  let isEmpty = true;
  for (const word of text.slice(indent.length).split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > room) {
      lines.push(line);
      line = `${indent}    ${word}`;
    } else line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
