/**
 * Parses the `format` file with which tracefs describes a tracepoint: its fields, and (in `print fmt`) the names
 * the kernel prints for the values of a field.
 */
import { lowestFirst } from "../btf/btf.js";
import { evaluate, type Resolve } from "./print-format-expression.js";
import { KernelError } from "../error.js";
import type { FieldValues, TracepointField } from "../kernel.js";

export interface TracepointFormat {
  readonly name: string;
  readonly fields: readonly TracepointField[];
  /** The text after `print fmt:`, parsed only when a field's names are looked up. */
  readonly print: string;
}

const fieldLine = /^\s*field:(.+?);\s*offset:\d+;\s*size:(\d+);(?:\s*signed:([01]);)?/;
/** Matches a declaration: `char comm[16]`, `const char * name`, `void (*fn)(int)`. */
const declaration = /^(.*?)(\w+)\s*(\[[^\]]*\])?$/s;
const functionPointer = /^(.*?)\(\s*\*\s*(\w+)\s*\)\s*(\(.*\))$/s;

/** The widest number in bytes; anything wider is a struct or an array. */
const widestNumber = 8;

export function parseFormat(text: string): TracepointFormat {
  const name = /^name:[ \t]*(\S+)/m.exec(text)?.[1];
  if (name === undefined) throw new KernelError("not a tracepoint's format: it has no tracepoint name");
  const at = /^print fmt:/m.exec(text)?.index ?? text.length;
  const fields: TracepointField[] = [];
  for (const line of text.slice(0, at).split("\n")) {
    if (!/^\s*field:/.test(line)) continue;
    const [, declared, size, signed] = fieldLine.exec(line) ?? [];
    if (declared === undefined)
      throw new KernelError(`tracepoint ${name}: a field that cannot be read: ${line.trim()}`);
    const field = parseField(declared, Number(size), signed === "1");
    if (field === undefined)
      throw new KernelError(`tracepoint ${name}: a field that cannot be read: ${declared}`);
    // The fields that all events share come before an empty line; the language has its own names for them.
    if (!field.name.startsWith("common_")) fields.push(field);
  }
  return { name, fields, print: text.slice(at).replace(/^print fmt:\s*/, "") };
}

function parseField(declared: string, size: number, signed: boolean): TracepointField | undefined {
  const toFunction = functionPointer.exec(declared);
  if (toFunction !== null) {
    const [, returns = "", name = "", takes = ""] = toFunction;
    return { name, ctype: `${returns.trim()} (*)${takes}`, size, signed, shape: "pointer" };
  }
  const [, before, name, brackets] = declaration.exec(declared.trim()) ?? [];
  if (before === undefined || name === undefined || before.trim() === "") return undefined;
  const base = before.trim();
  const ctype = base + (brackets ?? "");
  return { name, ctype, size, signed, shape: shapeOf(base, brackets, size) };
}

function shapeOf(base: string, brackets: string | undefined, size: number): TracepointField["shape"] {
  if (/^__(?:data|rel)_loc\b/.test(base)) return "data_loc";
  if (brackets !== undefined)
    return /^(?:const )?(?:unsigned |signed )?char$/.test(base) ? "char_array" : "array";
  if (base.endsWith("*")) return "pointer";
  // A struct by value, or a wide type such as `guid_t`, is treated as bytes.
  return size > widestNumber || /^(?:const )?(?:struct|union) /.test(base) ? "array" : "number";
}

/** Returns the names that the kernel prints for a field's values; undefined if it prints them otherwise. */
export function fieldValues(
  format: TracepointFormat,
  field: string,
  resolve?: Resolve,
): FieldValues | undefined {
  for (const { kind, args } of printCalls(format.print)) {
    const subject = args[0];
    if (subject === undefined || fieldOf(subject, kind) !== field) continue;
    // `__print_flags` has a delimiter argument between the field and the table.
    const values = table(args.slice(kind === "flags" ? 2 : 1), kind, resolve);
    if (values.size > 0) return { kind, values };
  }
  return undefined;
}

/** Returns the field that is named, if its whole value is looked up and not, for example, a shifted part of it. */
function fieldOf(expression: string, kind: FieldValues["kind"]): string | undefined {
  let text = expression.trim();
  for (let stripped = ""; stripped !== text;) {
    stripped = text;
    text = text.replace(/^\((?:[a-z_][\w ]*)\)\s*(?=[(R])/, "");
    if (text.startsWith("(") && closing(text, 0) === text.length - 1) text = text.slice(1, -1).trim();
  }
  const match = /^REC->(\w+)(\s*&[^&].*)?$/s.exec(text);
  if (match === null) return undefined;
  return match[2] === undefined || kind === "flags" ? match[1] : undefined;
}

interface PrintCall {
  readonly kind: FieldValues["kind"];
  readonly args: readonly string[];
}

function* printCalls(print: string): Generator<PrintCall> {
  const call = /\b__print_(flags|symbolic)(?:_u64)?\s*\(/g;
  for (let match = call.exec(print); match !== null; match = call.exec(print)) {
    const open = call.lastIndex - 1;
    const close = closing(print, open);
    if (close === undefined) return;
    yield {
      kind: match[1] === "flags" ? "flags" : "enum",
      args: splitArguments(print.slice(open + 1, close)),
    };
  }
}

function table(
  entries: readonly string[],
  kind: FieldValues["kind"],
  resolve: Resolve | undefined,
): ReadonlyMap<string, bigint> {
  const pairs = new Map<string, bigint>();
  for (const entry of entries) {
    const text = entry.trim();
    if (!text.startsWith("{") || !text.endsWith("}")) continue;
    const [expression = "", quoted = ""] = splitArguments(text.slice(1, -1));
    // The list ends with an entry whose name is a null pointer. A name may be adjacent strings: "APIC_" "ID".
    const name = /^\s*(?:"(?:[^"\\]|\\.)*"\s*)+$/.test(quoted)
      ? quoted.trim().slice(1, -1).replace(/"\s*"/g, "")
      : undefined;
    if (name === undefined || name === "" || pairs.has(name)) continue;
    const value = evaluate(expression, resolve);
    if (value !== undefined) pairs.set(name, kind === "flags" ? BigInt.asUintN(64, value) : value);
  }
  return new Map(lowestFirst([...pairs]));
}

const openers = "({[";
const closers = ")}]";

/** Returns the index of the quote that closes the string opened at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** Returns the index of the bracket that closes the one at `from`. */
function closing(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"') at = endOfString(text, at);
    else if (openers.includes(char)) depth++;
    else if (closers.includes(char) && --depth === 0) return at;
  }
  return undefined;
}

function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"') at = endOfString(text, at);
    else if (openers.includes(char)) depth++;
    else if (closers.includes(char)) depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
