/** Reads the request: a query, a file, or a tool. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { standardLibrary, type CompileOptions } from "../../index.js";
import type { Source } from "../../diagnostics/diagnostic.js";
import { reason } from "../../diagnostics/system-error.js";
import { isOthersLink, readNamed, readUntrusted } from "../../files/untrusted-file.js";
import type { Amendments } from "../../syntax/amend.js";
import { AMENDABLE } from "../../syntax/clauses.js";
import { NAME_OPTIONS } from "../../syntax/name-tests.js";
import { ImportRefused } from "../../semantics/import-refused.js";
import { parse } from "../../syntax/parser/parser.js";
import type { ToolDefinition } from "../../syntax/tree.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { checkName, checkQuotes, isAlone, UnknownOption } from "./mistyped.js";
import { readStandardInput } from "./standard-input.js";
import type { QueryValues } from "./query-options.js";
import { readToolOptions } from "./tool-options.js";

/** The largest size of a query file, in bytes. */
export const LARGEST_FILE = 8 * 1024 * 1024;

export interface Request {
  readonly text: string;
  readonly options: CompileOptions;
}

/** Several words form one query, as if they had been quoted; a tool's options may be among them. */
export function readRequest(what: readonly string[], values: QueryValues): Request {
  const { text, options } = readWhat(what, values);
  const amendments = readAmendments(values);
  return { text, options: { ...options, ...(amendments ? { amendments } : {}) } };
}

function readWhat(what: readonly string[], values: QueryValues): Request {
  const [position, tool] = findTool(what);
  if (tool) {
    const own = readToolOptions(
      tool,
      what.filter((_, i) => i !== position),
    );
    return {
      text: "",
      options: { tool: { name: tool.name.text, arguments: { ...settings(values), ...own } } },
    };
  }
  if (values.tool !== undefined) return readToolOfFile(what, values.tool, values);
  const words = what.join(" ").trim();
  if (words === "")
    throw new CliError(
      "there is no query",
      EXIT.usage,
      "for example: faultline 'faults by comm, pid for 5s'",
    );
  const option = what.find((word) => /^--?[a-z]/i.test(word));
  if (option !== undefined) throw new UnknownOption(option, `there is no option \`${option}\``);
  if (values.set !== undefined) throw new CliError("--set is for the options of a tool", EXIT.usage);
  if (words === "-") return fromStandardInput();
  if (/\.fl$/.test(words) || (what.length === 1 && /^\.{0,2}\//.test(words))) return readFile(words);
  checkQuotes(what);
  checkName(what);
  return { text: words, options: { name: "query" } };
}

/** Returns the library tool that the words name, if any. */
export function toolNamed(what: readonly string[]): ToolDefinition | undefined {
  return findTool(what)[1];
}

/** Returns the tool and its position among the words. */
function findTool(what: readonly string[]): readonly [number, ToolDefinition | undefined] {
  const library = standardLibrary();
  const position = what.findIndex((word) => /^\w+$/.test(word) && library.tool(word) !== undefined);
  // Within a query such a word is an unknown source, or a label beside one.
  if (position < 0 || !isAlone(what, position) || what.slice(0, position).some((w) => !w.startsWith("-")))
    return [0, undefined];
  return [position, library.tool(what[position] ?? "")?.definition];
}

/** Reads `faultline run FILE --tool NAME`: a tool that the file defines. */
function readToolOfFile(what: readonly string[], name: string, values: QueryValues): Request {
  const [path, ...words] = what;
  if (path !== "-" && path?.endsWith(".fl") !== true)
    throw new CliError("--tool names a tool that a .fl file defines");
  const request = path === "-" ? fromStandardInput() : readFile(path);
  const found = parse({ name: path, text: request.text }).file.items.find(
    (item) => item.kind === "tool" && item.name.text === name,
  );
  const own = found?.kind === "tool" ? readToolOptions(found, words) : {};
  return {
    ...request,
    options: { ...request.options, tool: { name, arguments: { ...settings(values), ...own } } },
  };
}

/** Collects what is put into the query: `--by disk`, `--every 5s`, and names such as `--comm nginx`. */
function readAmendments(values: QueryValues): Amendments | undefined {
  const given: readonly (readonly [string, string])[] = [...AMENDABLE, ...NAME_OPTIONS].flatMap((clause) => {
    const text = values[clause];
    return text === undefined ? [] : [[clause, text]];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function fromStandardInput(): Request {
  return { text: readStandardInput(LARGEST_FILE), options: { name: "standard input" } };
}

function readFile(path: string): Request {
  return { text: readText(path), options: { name: path, resolveImport } };
}

/** Reads a file of queries that the user names. Throws a `CliError`. */
export function readText(path: string): string {
  try {
    return readNamed(path, { largest: LARGEST_FILE }).toString("utf8");
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${reason(error)}`);
  }
}

function resolveImport(path: string, from: Source): Source | undefined {
  const full = resolve(dirname(from.name), path);
  if (!existsSync(full)) return undefined;
  // Imports are named by the file, which another user may own, so their symbolic links are not followed.
  if (isOthersLink(full)) throw new ImportRefused("it is a link that another user made");
  try {
    return { name: full, text: readUntrusted(full, { largest: LARGEST_FILE }).toString("utf8") };
  } catch (error) {
    throw new ImportRefused(reason(error));
  }
}

function settings({ set = [] }: QueryValues): Record<string, string> {
  return Object.fromEntries(
    set.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new CliError(`\`--set ${pair}\` is not NAME=VALUE`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
