/** How statements stand on lines: short ones beside what they belong to. */

const LINE_LENGTH = 120;

/** What one statement does is read in one line. */
export function block(head: string, lines: readonly string[]): string {
  const [only] = lines;
  const last = head.slice(head.lastIndexOf("\n") + 1);
  if (lines.length === 1 && only !== undefined && last.length + only.length + 5 <= LINE_LENGTH)
    return `${head} { ${only} }`;
  return `${head}\n{\n${lines.map((line) => `  ${line}`).join("\n")}\n}`;
}

export function ifLines(condition: string, then: readonly string[]): string[] {
  const [only] = then;
  const head = `if (${condition}) {`;
  if (then.length === 1 && only !== undefined && head.length + only.length + 3 <= LINE_LENGTH)
    return [`${head} ${only} }`];
  return [head, ...then.map((line) => `  ${line}`), "}"];
}

/** The key of an entry; nothing for a map without keys. */
export function keyInBrackets(parts: readonly string[]): string {
  return parts.length > 0 ? `[${parts.join(", ")}]` : "";
}

/** Short statements beside each other. */
export function packed(statements: readonly string[]): string[] {
  const lines: string[] = [];
  for (const statement of statements) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + statement.length + 1 <= LINE_LENGTH)
      lines[lines.length - 1] = `${last} ${statement}`;
    else lines.push(statement);
  }
  return lines;
}
