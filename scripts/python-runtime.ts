/**
 * Reads the Python of `src/tracers/bcc/runtime/`: its definitions, and what each of them needs.
 *
 * The files keep to a subset of Python in which names alone decide this: at top level there are only definitions,
 * assignments and imports, and the name of a definition is used for nothing else. A test compares the result with that
 * of Python's own compiler.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The definitions by name, in the order of the files. */
export type PythonRuntime = Readonly<Record<string, PythonDefinition>>;

export interface PythonDefinition {
  readonly text: string;
  /** The names of the definitions it uses. */
  readonly needs: readonly string[];
  /** The modules it uses. */
  readonly modules: readonly string[];
}

interface Statement {
  readonly text: string;
  /** The words outside strings and comments, except attributes. */
  readonly names: ReadonlySet<string>;
}

export const RUNTIME_FOLDER = join(import.meta.dirname, "../src/tracers/bcc/runtime");

export function readPythonRuntime(folder = RUNTIME_FOLDER): PythonRuntime {
  const statements = readdirSync(folder)
    .filter((name) => name.endsWith(".py"))
    .sort()
    .flatMap((name) => pythonStatements(readFileSync(join(folder, name), "utf8"), name));
  return pythonDefinitions(statements);
}

export function pythonDefinitions(statements: readonly Statement[]): PythonRuntime {
  const modules = new Set<string>();
  const defined = new Map<string, Statement>();
  for (const statement of statements) {
    const [, module] = /^import (\w+)$/.exec(statement.text) ?? [];
    const [, name] = /^(?:def |class |(?=\w+ = ))(\w+)/.exec(statement.text) ?? [];
    if (module !== undefined) modules.add(module);
    else if (name !== undefined) {
      if (defined.has(name)) throw new Error(`${name} is defined twice`);
      defined.set(name, statement);
    } else if (!/^from \.\w+ import |^"""/.test(statement.text))
      throw new Error(`only definitions and imports can be embedded, and not: ${statement.text}`);
  }
  return Object.fromEntries(
    [...defined].map(([name, { text, names }]) => [
      name,
      {
        text,
        needs: [...defined.keys()].filter((other) => other !== name && names.has(other)),
        modules: [...modules].filter((module) => names.has(module)).sort(),
      },
    ]),
  );
}

const TOKEN =
  /(?<space>[ \t]+)|(?<newline>\n)|(?<comment>#[^\n]*)|(?<string>[A-Za-z]{0,2}(?:"""(?:[^\\]|\\[^])*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<name>[A-Za-z_]\w*)|(?<number>\d[\w.]*)|(?<operator>[^\s\w"'#])/y;

/** Returns the statements at top level; each ends where the next begins. */
export function pythonStatements(source: string, file: string): Statement[] {
  const statements: { start: number; end: number; names: Set<string> }[] = [];
  let depth = 0;
  let isAttribute = false;
  let isLineStart = true;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw new Error(`${file}: cannot read ${JSON.stringify(source.slice(at, at + 20))}`);
    const { space, newline, comment, string, name, operator } = groups;
    if (newline !== undefined) {
      isLineStart = depth === 0;
      continue;
    }
    const [line = ""] = source.slice(at).split("\n", 1);
    if (isLineStart && space === undefined) {
      if (operator === "@") throw new Error(`${file}: decorators cannot be embedded: ${line}`);
      if (comment !== undefined)
        throw new Error(`${file}: a comment at top level belongs to nothing: ${line}`);
      statements.push({ start: at, end: at, names: new Set() });
    }
    isLineStart = false;
    if (space !== undefined) continue;
    const statement = statements.at(-1);
    if (!statement) throw new Error(`${file}: indented at top level: ${line}`);
    if (string !== undefined && /^[A-Za-z]*[fF]/.test(string))
      throw new Error(`${file}: names in an f-string would not be found: ${line}`);
    if (operator !== undefined) depth += "([{".includes(operator) ? 1 : ")]}".includes(operator) ? -1 : 0;
    if (name !== undefined && !isAttribute) statement.names.add(name);
    isAttribute = operator === ".";
    statement.end = TOKEN.lastIndex;
  }
  return statements.map(({ start, end, names }) => ({ text: source.slice(start, end), names }));
}
