/** Reading memory of the kernel and of programs: members, elements, and where they are. */
import type { CType } from "../../../kernel/kernel.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { write } from "./c-expression.js";
import { structure } from "../layout/state-table.js";
import type { Writer } from "./function-writer.js";

/** Whether an address is of the traced program: what its functions are given, and what it gives to system calls. */
export function isUserMemory(value: Typed, writer: Writer): boolean {
  switch (value.op) {
    case "argument":
    case "returnValue":
      return /^(uprobe|uretprobe|usdt)$/.test(writer.point.type);
    case "tracepointArgument":
      return writer.point.parts[0] === "syscalls";
    case "member":
    case "element":
      return isUserMemory(value.object, writer);
    case "cast":
      return isUserMemory(value.operand, writer);
    case "userWord":
      return true;
    case "text":
      return isUserMemory(value.pointer, writer);
    case "arithmetic":
      return isUserMemory(value.left, writer) || isUserMemory(value.right, writer);
    default:
      return false;
  }
}

export function reader(value: Typed, writer: Writer): "user" | "kernel" {
  return isUserMemory(value, writer) ? "user" : "kernel";
}

type Place = Typed & { readonly op: "member" | "element" };

/** The value of a member or an element; of a struct or an array, its address. */
export function readPlace(value: Place, writer: Writer): string {
  const { ctype } = value;
  if (["struct", "union", "array"].includes(ctype.kind)) return addressOf(value, writer);
  const type = scalarType(ctype);
  if (type === undefined)
    throw new BackendError("BCC cannot read a value of this C type: it is neither a number nor a pointer");
  return writer.once(structure(value), value.op === "member" ? value.name : "element", (name) => {
    const address = addressOf(value, writer);
    writer.add(
      `${type} ${name} = 0;`,
      `bpf_probe_read_${reader(value, writer)}(&${name}, sizeof(${name}), (void *)(${address}));`,
    );
  });
}

/** The 8 bytes at an address. */
export function readWord(
  value: Typed,
  stem: string,
  space: "user" | "kernel",
  address: string,
  writer: Writer,
): string {
  return writer.once(structure(value), stem, (name) =>
    writer.add(
      `u64 ${name} = 0;`,
      `bpf_probe_read_${space}(&${name}, sizeof(${name}), (void *)(${address}));`,
    ),
  );
}

/** Where a value is in memory: an expression of 64 bits. */
export function addressOf(value: Typed, writer: Writer): string {
  if (value.op === "member") {
    const path: string[] = [];
    let bytes = 0;
    let at: Typed = value;
    while (at.op === "member") {
      path.unshift(at.name);
      bytes += at.offset;
      const inner: Typed = at.object;
      const struct = structOf(inner);
      if (at.through || inner.op !== "member") {
        const base = at.through ? write(inner, writer) : addressOf(inner, writer);
        return `${base} + ${writer.program.offset(struct, path, bytes)}`;
      }
      at = inner;
    }
  }
  if (value.op === "element") {
    const size = sizeOf(value.ctype);
    if (size === undefined)
      throw new BackendError("BCC does not know how large the elements of this array are here");
    const { object } = value;
    const isPointer = object.type.kind === "c" && object.type.ctype.kind === "pointer";
    const base = isPointer ? write(object, writer) : addressOf(object, writer);
    return `${base} + ${size} * (${write(value.index, writer)})`;
  }
  return write(value, writer);
}

function structOf(value: Typed): string {
  if (value.type.kind !== "c") return "";
  const { ctype } = value.type;
  const pointed = ctype.kind === "pointer" ? ctype.to : ctype;
  return pointed.kind === "struct" || pointed.kind === "union" ? pointed.name : "";
}

/** As BCC's C spells it; undefined for what is no number. */
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
    default:
      return undefined;
  }
}

function sizeOf(ctype: CType): number | undefined {
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
    default:
      return undefined;
  }
}
