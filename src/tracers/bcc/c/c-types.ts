/** The C types of values: their sign, their width, and which memory an address belongs to. */
import { atom, c, type Code, type Test } from "../../code.js";
import type { CType } from "../../../kernel/kernel.js";
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import { isUserMemory as isUserAddress } from "../../../plan/user-memory.js";
import type { Plan } from "../../../plan/plan.js";

export function isProbe(value: Typed): boolean {
  return value.op === "common" && value.name === "probe";
}

/** Tests a pointer or a result as C does. */
export function isTrue(code: Code): Test {
  return { holds: code, fails: c.prefix("!", code) };
}

/** A condition whose value is known at compile time. */
export function constant(holds: boolean): Test {
  return { holds: atom(holds ? 1 : 0), fails: atom(holds ? 0 : 1) };
}

/** The type's name in BCC's C; undefined if it is not a number. */
export function scalarType(ctype: CType): string | undefined {
  switch (ctype.kind) {
    case "int":
    case "enum":
      return [1, 2, 4, 8].includes(ctype.bytes) ? `${ctype.signed ? "s" : "u"}${ctype.bytes * 8}` : undefined;
    case "bool":
      return "u8";
    case "char":
      return ctype.signed ? "s8" : "u8";
    case "pointer":
      return "u64";
    case "array":
    case "function":
    case "other":
    case "struct":
    case "union":
    case "void":
      return undefined;
  }
}

export function sizeOf(ctype: CType): number | undefined {
  switch (ctype.kind) {
    case "int":
    case "enum":
      return ctype.bytes;
    case "bool":
    case "char":
      return 1;
    case "pointer":
      return 8;
    case "array": {
      const of = sizeOf(ctype.of);
      return of === undefined ? undefined : of * ctype.length;
    }
    case "function":
    case "other":
    case "struct":
    case "union":
    case "void":
      return undefined;
  }
}

/** The name of the struct that a value has, or points to. */
export function structOf(value: Typed): string {
  if (value.type.kind !== "c") return "";
  const { ctype } = value.type;
  const pointed = ctype.kind === "pointer" ? ctype.to : ctype;
  return pointed.kind === "struct" || pointed.kind === "union" ? pointed.name : "";
}

/** Whether an address is of the traced program, in a probe of it. */
export function isUserMemory(value: Typed, { point, program: { plan } }: Place): boolean {
  return isUserAddress(value, { point, plan });
}

/** Where a value is calculated: in a probe of a program. */
interface Place {
  readonly point: ProbePoint;
  readonly program: { readonly plan: Plan };
}

/** The helper that reads from an address: `bpf_probe_read_user` or `bpf_probe_read_kernel`. */
export function reader(value: Typed, place: Place): "user" | "kernel" {
  return isUserMemory(value, place) ? "user" : "kernel";
}
