/** Values of C types: member access with `.`, and conversion to types of the language. */
import type { Span } from "../../diagnostics/diagnostic.js";
import type { CMember, CType, Kernel } from "../../kernel/kernel.js";
import { fail, type Context } from "../context.js";
import { offerNearest } from "../../diagnostics/advice.js";
import {
  describeCType,
  numberOf,
  textOfAtMost,
  ADDRESS,
  BOOL,
  STRING,
  type Type,
} from "../../types/types.js";
import type { Typed } from "../typed.js";

/** The depth to which anonymous structs are searched: more than in any kernel, but limited for malicious profiles. */
const ANONYMOUS_DEPTH = 8;

/** Returns the language's type for a C type; structs, arrays and pointers remain C types for further access. */
export function typeOfCType(ctype: CType): Type {
  switch (ctype.kind) {
    case "int":
      if (ctype.typedef === "gfp_t") return { kind: "flags", of: "gfp_t" };
      return numberOf("none", ctype.signed);
    case "char":
      return numberOf("none", ctype.signed);
    case "bool":
      return BOOL;
    case "enum":
      return { kind: "enum", of: ctype.name, signed: ctype.signed };
    case "array":
    case "function":
    case "other":
    case "pointer":
    case "struct":
    case "union":
    case "void":
      return { kind: "c", ctype };
  }
}

function structBehind(ctype: CType): { readonly struct: CType; readonly through: boolean } | undefined {
  if (ctype.kind === "struct" || ctype.kind === "union") return { struct: ctype, through: false };
  if (ctype.kind === "pointer" && (ctype.to.kind === "struct" || ctype.to.kind === "union"))
    return { struct: ctype.to, through: true };
  return undefined;
}

/** Finds a member of a struct or of an anonymous struct in it; its offset is from the start of the outer struct. */
function findMember(kernel: Kernel, struct: CType, name: string, depth = 0): CMember | undefined {
  const members = kernel.members(struct);
  const own = members.find((m) => m.name === name);
  if (own || depth === ANONYMOUS_DEPTH) return own;
  for (const member of members) {
    if (member.name !== "" || (member.type.kind !== "struct" && member.type.kind !== "union")) continue;
    const inner = findMember(kernel, member.type, name, depth + 1);
    if (inner) return { ...inner, bitOffset: member.bitOffset + inner.bitOffset };
  }
  return undefined;
}

/** Returns the offset in bytes of a nested member from the start of the struct; undefined if it is not known. */
export function memberOffset(kernel: Kernel, struct: string, path: readonly string[]): number | undefined {
  let ctype = kernel.struct(struct);
  let bits = 0;
  for (const name of path) {
    const member = ctype && findMember(kernel, ctype, name);
    if (!member) return undefined;
    bits += member.bitOffset;
    ctype = member.type;
  }
  return Math.floor(bits / 8);
}

/** Returns the members that can follow a value of this type after a dot. */
export function membersBehind(kernel: Kernel, ctype: CType): readonly CMember[] {
  const behind = structBehind(ctype);
  return behind ? namedMembers(kernel, behind.struct) : [];
}

function namedMembers(kernel: Kernel, struct: CType, depth = 0): readonly CMember[] {
  return kernel.members(struct).flatMap((m) => {
    if (m.name !== "") return [m];
    return depth < ANONYMOUS_DEPTH ? namedMembers(kernel, m.type, depth + 1) : [];
  });
}

/** Types `object.name`, where `object` is a struct or a pointer to one. */
export function memberOf(object: Typed, name: string, context: Context, span: Span): Typed {
  if (object.type.kind === "error") return object;
  if (object.type.kind !== "c")
    return fail(
      context,
      span,
      // Another kernel may have a structure where this one has a number.
      object.op === "member" || object.op === "element" ? "kernel-no-member" : "not-a-struct",
      `only a kernel structure has fields to follow with \`.${name}\``,
    );
  const behind = structBehind(object.type.ctype);
  if (!behind) {
    const what = describeCType(object.type.ctype);
    return fail(context, span, "not-a-struct", `${what} has no fields, so \`.${name}\` leads nowhere`);
  }
  const { kernel } = context;
  const member = findMember(kernel, behind.struct, name);
  if (!member) {
    const names = namedMembers(kernel, behind.struct).map((m) => m.name);
    const struct = describeCType(behind.struct);
    const reason =
      names.length === 0
        ? `the layout of ${struct} is not known for ${kernel.id} (${kernel.release})`
        : `${struct} has no field \`${name}\` in ${kernel.id} (${kernel.release})`;
    return fail(context, span, "kernel-no-member", reason, offerNearest(name, names, span));
  }
  return accessTo(member, name, object, behind.through);
}

function accessTo(member: CMember, name: string, object: Typed, through: boolean): Typed {
  return {
    op: "member",
    object,
    name,
    through,
    offset: Math.floor(member.bitOffset / 8),
    ctype: member.type,
    type: typeOfCType(member.type),
  };
}

/** Returns a member of a member and so on; undefined if the kernel has none of this name, or its types are not known. */
export function memberIn(
  object: Typed | undefined,
  path: readonly string[],
  kernel: Kernel,
): Typed | undefined {
  return path.reduce<Typed | undefined>((of, name) => {
    const behind = of?.type.kind === "c" ? structBehind(of.type.ctype) : undefined;
    const member = behind && findMember(kernel, behind.struct, name);
    return of && behind && member ? accessTo(member, name, of, behind.through) : undefined;
  }, object);
}

/** Types `object[index]`, where `object` is an array or a pointer. */
export function elementOf(object: Typed, index: Typed, context: Context, span: Span): Typed {
  if (object.type.kind === "error") return object;
  const ctype = object.type.kind === "c" ? object.type.ctype : undefined;
  if (ctype?.kind === "array") {
    if (
      index.op === "integer" &&
      (index.value < 0n || (ctype.length > 0 && index.value >= BigInt(ctype.length)))
    )
      return fail(
        context,
        span,
        "index-out-of-range",
        `this array has ${ctype.length} elements, so there is no [${index.value}]`,
      );
    return { op: "element", object, index, ctype: ctype.of, type: typeOfCType(ctype.of) };
  }
  if (ctype?.kind === "pointer" && ctype.to.kind !== "void" && ctype.to.kind !== "function")
    return { op: "element", object, index, ctype: ctype.to, type: typeOfCType(ctype.to) };
  return fail(context, span, "not-an-array", "only an array or a pointer can be indexed with `[…]`");
}

function isCharacter(ctype: CType): boolean {
  return ctype.kind === "char" || (ctype.kind === "int" && ctype.bytes === 1);
}

/** Whether a C type is text: `char *`, `unsigned char *`, `char[N]`. */
export function isText(ctype: CType): boolean {
  if (ctype.kind === "pointer") return isCharacter(ctype.to);
  return ctype.kind === "array" && isCharacter(ctype.of);
}

/** The text in an array of so many bytes, the last of which is NUL. */
export function textOfArray(length: number): Type {
  return length > 0 ? textOfAtMost(length - 1) : STRING;
}

/** The text that a C value is or points to. */
export function readText(pointer: Typed): Typed & { readonly op: "text" } {
  const ctype = pointer.type.kind === "c" ? pointer.type.ctype : undefined;
  const type = ctype?.kind === "array" ? textOfArray(ctype.length) : STRING;
  return { op: "text", pointer, type };
}

/** Converts a C value to a value of the language: text is read, and a pointer becomes its address. */
export function asValue(value: Typed, context: Context): Typed {
  if (value.type.kind !== "c") return value;
  const { ctype } = value.type;
  if (isText(ctype)) return { ...readText(value), ...lengthBeside(value, context) };
  if (ctype.kind === "pointer") {
    if (ctype.to.kind === "function") return { ...value, type: { kind: "symbol", space: "kernel" } };
    return { ...value, type: ADDRESS };
  }
  return value;
}

/** Returns the length that a `qstr` stores beside its text, which saves searching for the end. */
function lengthBeside(value: Typed, context: Context): { length: Typed } | undefined {
  if (value.op !== "member" || value.name !== "name" || value.object.type.kind !== "c") return undefined;
  const behind = structBehind(value.object.type.ctype);
  if (behind?.struct.kind !== "struct" || behind.struct.name !== "qstr") return undefined;
  const length = findMember(context.kernel, behind.struct, "len");
  if (!length) return undefined;
  return {
    length: {
      op: "member",
      object: value.object,
      name: "len",
      through: behind.through,
      offset: Math.floor(length.bitOffset / 8),
      ctype: length.type,
      type: typeOfCType(length.type),
    },
  };
}
