/** Reads memory of the kernel and of programs: members, elements, and their addresses. */
import { structureOf } from "../../../plan/same.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { atom, c, type Code } from "../../code.js";
import { write } from "./c-expression.js";
import { reader, scalarType, sizeOf, structOf } from "./c-types.js";
import type { FunctionWriter } from "./function-writer.js";

type MemoryAccess = Typed & { readonly op: "member" | "element" };

/** The value of a member or an element; the address of a struct or an array. */
export function readPlace(value: MemoryAccess, writer: FunctionWriter): Code {
  const { ctype } = value;
  if (["struct", "union", "array"].includes(ctype.kind)) return addressOf(value, writer);
  const type = scalarType(ctype);
  if (type === undefined)
    throw new BackendError("BCC cannot read a value of this C type: it is neither a number nor a pointer");
  const stem = value.op === "member" ? value.name : "element";
  return readOnce(value, type, stem, reader(value, writer), () => addressOf(value, writer), writer);
}

/** The 8 bytes at an address. */
export function readWord(
  value: Typed,
  stem: string,
  space: "user" | "kernel",
  address: Code,
  writer: FunctionWriter,
): Code {
  const isShort = space === "user" && writer.point.convention === "ia32";
  return readOnce(value, isShort ? "u32" : "u64", stem, space, () => address, writer);
}

function readOnce(
  value: Typed,
  type: string,
  stem: string,
  space: "user" | "kernel",
  addressOf: () => Code,
  writer: FunctionWriter,
): Code {
  return atom(
    writer.once(structureOf(value), stem, (name) => {
      const from = c.cast("void *", addressOf()).text;
      writer.variable(type, name, "0");
      writer.add(`bpf_probe_read_${space}(&${name}, sizeof(${name}), ${from});`);
    }),
  );
}

/** The address of a value in memory: an expression of 64 bits. */
export function addressOf(value: Typed, writer: FunctionWriter): Code {
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
        return c.binary("+", base, atom(writer.program.offset(struct, path, bytes)));
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
    return c.binary("+", base, c.binary("*", atom(size), write(value.index, writer)));
  }
  return write(value, writer);
}
