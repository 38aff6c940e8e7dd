/** Members of the program's own structs: keys, values and events. */
import { freeName } from "../../../plan/free-name.js";
import type { Typed } from "../../../semantics/typed.js";
import type { Type } from "../../../types/types.js";
import { identifier } from "../names.js";
import { BackendError } from "../../error.js";
import { greatest } from "../../../lists.js";

/** How a value is stored: as an integer of a C type, or as something larger. */
export type StoredAs =
  | { readonly as: "integer"; readonly ctype: "u8" | "u32" | "s32" | "u64" | "s64" }
  | { readonly as: "text"; readonly size: number }
  /** The bytes of an internet address. */
  | { readonly as: "inet"; readonly size: number }
  /** A number that represents the name of a probe. */
  | { readonly as: "probe" }
  | { readonly as: "userSymbol" }
  /** `depth`: how many frames it has at most, where that is less than the kernel takes. */
  | { readonly as: "kernelStack" | "userStack"; readonly depth?: number };

export interface Field {
  readonly name: string;
  readonly kept: StoredAs;
}

/** TASK_COMM_LEN. */
const COMM_SIZE = 16;
/** The size of any other text in a record or a variable, including its NUL. */
export const TEXT_SIZE = 64;
/** The same in a result, of which there are fewer: any name of 255 bytes, and a sign that more was cut. */
export const SHOWN_SIZE = 264;

const NARROW: ReadonlySet<string> = new Set(["pid", "tid", "uid", "gid", "cpu"]);

/** What members are made for. */
export interface MemberColumn {
  readonly name: string;
  readonly type: Type;
}

/** The members for columns. `rows` are all that is assigned to them; `taken` are the names used so far. */
export function fieldsOf(
  columns: readonly MemberColumn[],
  rows: readonly (readonly Typed[])[],
  { taken = new Set<string>(), longest = TEXT_SIZE }: MemberOptions = {},
): Field[] {
  return columns.map((column, i) =>
    fieldOf(
      column,
      rows.flatMap((row) => row[i] ?? []),
      { taken, longest },
    ),
  );
}

export interface MemberOptions {
  readonly taken?: Set<string>;
  /** The size of a text that may have any length. */
  readonly longest?: number;
}

/** The members of a key, in which texts are as long as the kernel's maps allow. */
export function keyFieldsOf(columns: readonly MemberColumn[], rows: readonly (readonly Typed[])[]): Field[] {
  const short = fieldsOf(columns, rows);
  const long = fieldsOf(columns, rows, { longest: SHOWN_SIZE });
  const sizeOf = (fields: readonly Field[]): number => fields.reduce((sum, field) => sum + bytesOf(field), 0);
  const growing = long.filter((field, i) => bytesOf(field) > bytesOf(short[i] as Field)).length;
  if (growing === 0 || sizeOf(long) <= MOST_KEY) return long;
  const more = Math.floor((MOST_KEY - sizeOf(short)) / growing / 8) * 8;
  return more > 0 ? fieldsOf(columns, rows, { longest: TEXT_SIZE + more }) : short;
}

/** In bytes. The kernel takes keys of 512, and some tables have a number or a text beside it. */
const MOST_KEY = 424;

/** `values` are all that is assigned to it: none where no probe can meet the condition. */
export function fieldOf(
  { name, type }: MemberColumn,
  values: readonly Typed[],
  { taken = new Set<string>(), longest = TEXT_SIZE }: MemberOptions = {},
): Field {
  return { name: memberName(name, taken), kept: keptAs(values[0]?.type ?? type, values, longest) };
}

function memberName(label: string, taken: Set<string>): string {
  const name = freeName(identifier(label, "field"), (each) => taken.has(each) || taken.has(pidOf(each)));
  taken.add(name).add(pidOf(name));
  return name;
}

function keptAs(type: Type, values: readonly Typed[], longest: number): StoredAs {
  const are = (test: (value: Typed) => boolean): boolean => values.length > 0 && values.every(test);
  if (are((v) => v.op === "common" && v.name === "probe")) return { as: "probe" };
  if (are((v) => v.op === "inet")) return { as: "inet", size: inetSize(values) };
  switch (type.kind) {
    case "string":
      return {
        as: "text",
        size: greatest(
          values.map((value) => textSize(value, longest)),
          1,
        ),
      };
    case "stack":
      return {
        as: type.space === "user" ? "userStack" : "kernelStack",
        ...(type.depth === undefined ? {} : { depth: type.depth }),
      };
    case "symbol":
      return type.space === "user" ? { as: "userSymbol" } : { as: "integer", ctype: "u64" };
    case "address":
    case "bool":
    case "bounds":
    case "c":
    case "enum":
    case "error":
    case "flags":
    case "histogram":
    case "number":
    case "stats": {
      const isNarrow = are((v) => v.op === "common" && NARROW.has(v.name));
      return { as: "integer", ctype: isNarrow ? "u32" : integerType(type) };
    }
  }
}

function inetSize(values: readonly Typed[]): number {
  const [size = 16, ...others] = new Set(
    values.flatMap((value) => (value.op === "inet" ? [value.size] : [])),
  );
  if (others.length > 0)
    throw new BackendError(
      "addresses of 4 and of 16 bytes are not kept in one column: read both in 16 bytes",
    );
  return size;
}

export function integerType(type: Type): "u8" | "u64" | "s64" {
  switch (type.kind) {
    case "bool":
      return "u8";
    case "number":
    case "enum":
      return type.signed ? "s64" : "u64";
    case "address":
    case "bounds":
    case "c":
    case "error":
    case "flags":
    case "histogram":
    case "stack":
    case "stats":
    case "string":
    case "symbol":
      return "u64";
  }
}

/** The maximum size of a text in bytes, including its NUL. `longest`: of one that may have any length. */
export function textSize(value: Typed, longest = TEXT_SIZE): number {
  if (value.op === "common") return COMM_SIZE;
  if (value.op === "choose")
    return Math.max(textSize(value.then, longest), textSize(value.otherwise, longest));
  if (value.op === "tracepointArgument") return longest;
  if (value.op !== "text") return TEXT_SIZE;
  const { type } = value.pointer;
  const array = type.kind === "c" && type.ctype.kind === "array" ? type.ctype.length : longest;
  return array > 0 && array < longest ? array : longest;
}

/** User addresses have a meaning only in their process, so its id is stored beside them. */
export function pidOf(name: string): string {
  return `${name}_pid`;
}

/** The table that stacks of so many frames are in. */
export function stackTable(depth: number | undefined): string {
  return depth === undefined ? "stacks" : `stacks_${depth}`;
}

/** The bytes that it takes in a struct, with a gap before it. */
export function bytesOf({ kept }: Field): number {
  return "size" in kept ? 8 * Math.ceil(kept.size / 8) : kept.as === "userSymbol" ? 16 : 8;
}

/** The declaration in C. */
export function declaration({ name, kept }: Field): string {
  switch (kept.as) {
    case "integer":
      return `${kept.ctype} ${name};`;
    case "text":
      return `char ${name}[${kept.size}];`;
    case "inet":
      return `u8 ${name}[${kept.size}];`;
    case "probe":
      return `u32 ${name};`;
    case "kernelStack":
      return `s32 ${name};`;
    case "userStack":
      return `s32 ${name}; u32 ${pidOf(name)};`;
    case "userSymbol":
      return `u64 ${name}; u32 ${pidOf(name)};`;
  }
}

/** The C type of fields that are a single number and need no struct. */
export function numberType(fields: readonly Field[]): string | undefined {
  const [only] = fields;
  return fields.length === 1 && only?.kept.as === "integer" ? only.kept.ctype : undefined;
}

/** Whether a struct of these fields has no padding, and its values can stand in braces or be assigned. */
export function isPacked(fields: readonly Field[]): boolean {
  let bytes = 0;
  let widest = 1;
  for (const { kept } of fields) {
    const numbers = numbersOf(kept);
    if (!numbers) return false;
    for (const size of numbers) {
      if (bytes % size !== 0) return false;
      bytes += size;
      widest = Math.max(widest, size);
    }
  }
  return bytes % widest === 0;
}

/** The sizes of the numbers that a member is; undefined for texts and addresses of the internet. */
function numbersOf(kept: StoredAs): readonly number[] | undefined {
  switch (kept.as) {
    case "integer":
      return [Number(kept.ctype.slice(1)) / 8];
    case "probe":
    case "kernelStack":
      return [4];
    case "userStack":
      return [4, 4];
    case "userSymbol":
      return [8, 4];
    case "inet":
    case "text":
      return undefined;
  }
}

/** The same members, where one of 32 bits with a gap behind it has the gap too: so the struct can be written in braces. */
export function withoutGaps(fields: readonly Field[]): readonly Field[] {
  if (isPacked(fields)) return fields;
  const wide = fields.map((field): Field =>
    field.kept.as === "integer" && field.kept.ctype === "u32"
      ? { ...field, kept: { as: "integer", ctype: "u64" } }
      : field,
  );
  const bytes = (of: readonly Field[]): number => of.reduce((sum, field) => sum + bytesOf(field), 0);
  return isPacked(wide) && bytes(wide) === bytes(fields) ? wide : fields;
}

/** In columns: longer structs have a line for each member. */
const STRUCT_WIDTH = 80;

export function struct(name: string, members: readonly string[]): string {
  const line = `struct ${name} { ${members.join(" ")} };`;
  const isPlain = members.every((member) => !member.includes("/*"));
  if (isPlain && line.length <= STRUCT_WIDTH) return line;
  return [`struct ${name} {`, ...members.map((m) => `    ${m}`), "};"].join("\n");
}
