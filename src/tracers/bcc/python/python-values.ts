/** Values of the program's structs in Python: as the stream has them, and as people read them. */
import { isGroupSet } from "../../../kernel/cgroups/cgroup-names.js";
import { flagNames } from "../../../kernel/flags/flag-sets.js";
import { DISK, GROUP, USER } from "../../../kernel/names.js";
import type { ResultColumn } from "../../../plan/plan.js";
import type { Type } from "../../../types/types.js";
import { UNITS, type NumberDisplay } from "../../../types/units.js";
import { pidOf, stackTable, type Field } from "../layout/fields.js";
import type { Names } from "../names.js";
import { pythonString } from "../quoting.js";
import type { Program } from "../c/program.js";
import { filled } from "./lines.js";
import type { RuntimeName, Uses } from "./runtime.js";

/** What the functions of a program's Python share. */
export interface PythonContext {
  readonly program: Program;
  readonly uses: Uses;
  readonly sets: NamedSets;
  /** Of what stands at top level. */
  readonly names: Names;
}

/** Arguments for the clock of the events, where it is not the usual one. */
export function clockOf({ program, uses }: PythonContext): readonly string[] {
  return program.dialect.can("bootClock") ? [] : [`${uses.module("time")}.CLOCK_MONOTONIC`];
}

/** A call that reads the clock of the events. */
export function clockCall(context: PythonContext): string {
  const time = context.uses.module("time");
  return `${time}.clock_gettime_ns(${clockOf(context)[0] ?? `${time}.CLOCK_BOOTTIME`})`;
}

/** The plain value of a struct's member; `bpf` is known. */
export function memberValue(field: Field, type: Type, member: string, uses: Uses): string {
  switch (field.kept.as) {
    case "text":
      return `${uses.of("text")}(${member})`;
    case "probe":
      return `PROBES[${member}]`;
    case "inet":
      return `${uses.of("internet_address")}(${member})`;
    case "kernelStack":
      return `${uses.of("stack")}(bpf, ${tableOf(field.kept)}, ${member}, -1)`;
    case "userStack":
      // The runner names them, also of processes that have ended.
      return uses.form === "stream"
        ? `${uses.of("addresses")}(bpf, ${tableOf(field.kept)}, ${member})`
        : `${uses.of("stack")}(bpf, ${tableOf(field.kept)}, ${member}, ${pidOf(member)})`;
    case "userSymbol":
      return `${uses.of("function_name")}(bpf, ${member}, ${pidOf(member)})`;
    case "integer":
      if (type.kind === "symbol") return `${uses.of("function_name")}(bpf, ${member})`;
      return type.kind === "bool" ? `bool(${member})` : member;
  }
}

function tableOf({ depth }: { readonly depth?: number }): string {
  return pythonString(stackTable(depth));
}

/**
 * The plain values of columns that are kept in these fields. In the review form the caller of a stack is a name, as the
 * frames are; `shownStack` puts it into them.
 */
export function columnValues(
  columns: readonly Pick<ResultColumn, "type" | "callerOf">[],
  fields: readonly Field[],
  memberOf: (field: string) => string,
  uses: Uses,
): readonly string[] {
  return columns.map(({ type, callerOf }, i) => {
    const field = fields[i];
    if (!field) return "None";
    const of = callerOf === undefined ? undefined : fields[callerOf];
    return of
      ? callerValue(memberOf(field.name), memberOf(of.name), uses)
      : memberValue(field, type, memberOf(field.name), uses);
  });
}

/** The caller of a stack, both of them members of structs. */
export function callerValue(caller: string, stack: string, uses: Uses): string {
  return uses.form === "stream" ? caller : `${uses.of("symbol")}(bpf, ${caller}, ${pidOf(stack)})`;
}

/** The shown columns and their values, of all columns and theirs. */
export function shownColumns<Column extends ResultColumn>(
  columns: readonly Column[],
  values: readonly string[],
  uses: Uses,
): readonly (readonly [column: Column, value: string])[] {
  return columns.flatMap((column, i): (readonly [Column, string])[] => {
    if (column.callerOf !== undefined) return [];
    const caller = values[columns.findIndex(({ callerOf }) => callerOf === i)];
    const value = values[i] ?? "None";
    return [[column, caller === undefined ? value : `${uses.of("with_caller")}(${value}, ${caller})`]];
  });
}

/** The names of enums and flags that the program shows, by the constant that holds them. */
export class NamedSets {
  private readonly sets = new Map<
    string,
    { readonly constant: string; readonly members: readonly string[] }
  >();

  constructor(
    private readonly find: (kind: "enum" | "flags", of: string) => ReadonlyMap<string, bigint> | undefined,
    private readonly names: Names,
  ) {}

  /** The constant; undefined: nothing is known of it. */
  enumeration(of: string): string | undefined {
    const values = this.find("enum", of);
    return values && values.size > 0 ? this.add(of, [...values]) : undefined;
  }

  /** The constant, and another one for the names of 0. */
  flags(of: string): readonly string[] | undefined {
    const values = this.find("flags", of);
    if (!values || values.size === 0) return undefined;
    const { flags, zeros } = flagNames(values);
    const rooms = zeros.map(({ name, room }) => [name, room] as const);
    return [this.add(of, flags), ...(rooms.length > 0 ? [this.add(`${of} zeros`, rooms)] : [])];
  }

  private add(of: string, values: readonly (readonly [string, bigint])[]): string {
    const known = this.sets.get(of);
    if (known) return known.constant;
    const constant = this.names.take(of, "names").toUpperCase();
    const members = values.map(([member, value]) => `(${pythonString(member)}, ${numeral(value)})`);
    this.sets.set(of, { constant, members });
    return constant;
  }

  lines(): readonly string[] {
    return [...this.sets.values()].flatMap(({ constant, members }) =>
      filled(`${constant} = [`, members, "]", 0),
    );
  }
}

function numeral(value: bigint): string {
  return value < 0n ? `${value}` : `0x${value.toString(16)}`;
}

/** What writes a value for people: a function and what it takes after the value; undefined: `str`. */
interface Formatter {
  readonly name: RuntimeName;
  readonly rest: readonly string[];
}

/** The value as people read it: a text, or what `str` makes one of. */
export function shown(
  value: string,
  column: Pick<ResultColumn, "type" | "display">,
  isNullable: boolean,
  context: PythonContext,
): string {
  const { uses } = context;
  const format = formatOf(column, context);
  if (format) return `${uses.of(format.name)}(${[value, ...format.rest].join(", ")})`;
  return isNullable ? `${uses.of("plain")}(${value})` : value;
}

/** A function that writes a value for people. */
export function showing(column: Pick<ResultColumn, "type" | "display">, context: PythonContext): string {
  const format = formatOf(column, context);
  if (!format) return "str";
  const name = context.uses.of(format.name);
  return format.rest.length === 0 ? name : `lambda value: ${name}(${["value", ...format.rest].join(", ")})`;
}

function formatOf(
  { type, display }: Pick<ResultColumn, "type" | "display">,
  context: PythonContext,
): Formatter | undefined {
  const format = (name: RuntimeName, ...rest: string[]): Formatter => ({ name, rest });
  switch (type.kind) {
    case "number":
    case "histogram":
    case "stats":
    case "bounds":
      break;
    case "address":
      return format("hexadecimal");
    case "stack":
      return format("frames");
    case "bool":
      return format("truth");
    case "enum": {
      if (type.of === DISK) return format("disk_name");
      if (isGroupSet(type.of)) return format("cgroup_path");
      if (type.of === USER) return format("user_name");
      if (type.of === GROUP) return format("group_name");
      const names = context.sets.enumeration(type.of);
      return names === undefined ? undefined : format("member_name", names);
    }
    case "flags": {
      const names = context.sets.flags(type.of);
      return names === undefined ? format("hexadecimal") : format("flag_names", ...names);
    }
    case "c":
    case "error":
    case "symbol":
      return format("printable");
    case "string":
      return format("printable", "True");
  }
  if (type.kind === "bounds") {
    const bound = display
      ? display.factor === 1n
        ? "str"
        : `lambda bound: ${context.uses.of("in_units")}(bound, ${display.factor})`
      : (amountFunction(UNITS[type.unit].display, context) ?? "str");
    return format("between", bound);
  }
  if (type.kind === "number" && type.per) {
    if (display) return format("rate", '""', "None", `${display.factor}`);
    const { base, display: shown } = UNITS[type.unit];
    const amount = amountFunction(shown, context);
    return amount === undefined
      ? format("rate", '"/s"')
      : format("rate", pythonString(` ${base ?? ""}/s`), amount);
  }
  if (display) return display.factor === 1n ? undefined : format("in_units", `${display.factor}`);
  const shown = UNITS[type.unit].display;
  switch (shown.as) {
    case "scaled":
      return isSize(shown) ? format("size") : format("scaled", ...scaleOf(shown));
    case "duration":
      return format("duration");
    case "time":
      return format("time_of_day", ...clockOf(context));
    case "fraction":
      return format("fraction", `${shown.parts}`);
    case "result": {
      const errors = context.sets.enumeration(shown.errors);
      return errors === undefined ? undefined : format("result_name", errors);
    }
    case "count":
      return undefined;
  }
}

/** A function of one value that writes it with its unit; undefined for numbers that are shown without one. */
function amountFunction(display: NumberDisplay, { uses }: PythonContext): string | undefined {
  if (display.as === "duration") return uses.of("duration");
  if (display.as !== "scaled") return undefined;
  return isSize(display)
    ? uses.of("size")
    : `lambda amount: ${uses.of("scaled")}(amount, ${scaleOf(display).join(", ")})`;
}

type Scaled = NumberDisplay & { readonly as: "scaled" };

/** Whether `size` of the runtime formats it; it spares each program with sizes their list. */
function isSize(display: Scaled): boolean {
  return display === UNITS.bytes.display;
}

function scaleOf({ step, suffixes }: Scaled): readonly string[] {
  return [String(step), `[${suffixes.map(pythonString).join(", ")}]`];
}

/** Numbers are read from the right. */
export function alignment({ type }: Pick<ResultColumn, "type">): "<" | ">" {
  if (type.kind === "number") return type.unit === "timestamp" ? "<" : ">";
  return type.kind === "address" || type.kind === "bounds" ? ">" : "<";
}
