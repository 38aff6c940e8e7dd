/** Values of the program's structs in Python: as the stream has them, and as people read them. */
import { DISK, flagNames } from "../../../kernel/flags/flag-sets.js";
import type { Display } from "../../../semantics/typed.js";
import type { Type, Unit } from "../../../semantics/types/types.js";
import { pidOf, type Field } from "../layout/fields.js";
import { identifier } from "../names.js";
import { pythonString } from "../quoting.js";

/** The plain value of a struct's member. */
export function keptInPython(field: Field, type: Type, member: string): string {
  switch (field.kept.as) {
    case "text":
      return `decoded(${member})`;
    case "probe":
      return `PROBES[${member}]`;
    case "inet":
      return `internet_address(${member})`;
    case "kernelStack":
      return `frames(${member}, -1)`;
    case "userStack":
      return `frames(${member}, ${pidOf(member)})`;
    case "userSymbol":
      return `function_name(${member}, ${pidOf(member)})`;
    case "integer":
      if (type.kind === "symbol") return `function_name(${member})`;
      return type.kind === "bool" ? `bool(${member})` : member;
  }
}

/** The names of enums and flags that the program shows, by the constant that holds them. */
export class NamedSets {
  private readonly sets = new Map<string, readonly string[]>();

  constructor(
    private readonly find: (kind: "enum" | "flags", of: string) => ReadonlyMap<string, bigint> | undefined,
  ) {}

  /** A list of pairs of name and value; undefined: nothing is known of it. */
  enumeration(of: string): string | undefined {
    const values = this.find("enum", of);
    return values && values.size > 0 ? this.add(of, [...values]) : undefined;
  }

  /** The same, and an expression for the names of 0. */
  flags(of: string): string | undefined {
    const values = this.find("flags", of);
    if (!values || values.size === 0) return undefined;
    const { flags, zeros } = flagNames(values);
    const rooms = zeros.map(({ name, room }) => `(${pythonString(name)}, ${numeral(room)})`);
    return [this.add(of, flags), ...(rooms.length > 0 ? [`[${rooms.join(", ")}]`] : [])].join(", ");
  }

  private add(of: string, values: readonly (readonly [string, bigint])[]): string {
    const name = identifier(of, "names").toUpperCase();
    this.sets.set(
      name,
      values.map(([member, value]) => `    (${pythonString(member)}, ${numeral(value)}),`),
    );
    return name;
  }

  lines(): string[] {
    return [...this.sets].flatMap(([name, pairs]) => [`${name} = [`, ...pairs, "]"]);
  }
}

function numeral(value: bigint): string {
  return value < 0n ? `${value}` : `0x${value.toString(16)}`;
}

/** A function of Python that writes a value for people. */
export function showing(type: Type, display: Display | undefined, sets: NamedSets): string {
  switch (type.kind) {
    case "number":
    case "histogram":
    case "stats":
      return showingNumber(type.unit, display);
    case "address":
      return "hexadecimal";
    case "stack":
      return "line_by_line";
    case "bool":
      return "truth";
    case "enum": {
      if (type.of === DISK) return "disk_name";
      const names = sets.enumeration(type.of);
      return names === undefined ? "plainly" : `member_of(${names})`;
    }
    case "flags": {
      const names = sets.flags(type.of);
      return names === undefined ? "hexadecimal" : `flags_of(${names})`;
    }
    default:
      return "plainly";
  }
}

function showingNumber(unit: Unit, display: Display | undefined): string {
  if (display && display.factor !== 1n) return `in_units_of(${display.factor})`;
  if (display) return "plainly";
  switch (unit) {
    case "bytes":
      return "amount";
    case "duration":
      return "time_span";
    case "timestamp":
      return "wall_clock";
    case "load":
      return "load_average";
    default:
      return "plainly";
  }
}

/** Numbers are read from the right. */
export function isRight(type: Type): boolean {
  if (type.kind === "number") return type.unit !== "timestamp";
  return type.kind === "address";
}
