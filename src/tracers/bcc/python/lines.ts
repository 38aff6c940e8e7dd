/** Lines of Python of a width that can be read. */

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

/** Words of a docstring; a line that goes on is indented. */
export function wrappedWords(text: string, room = WIDTH): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = `    ${word}`;
    } else line = line === "" && lines.length === 0 ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
