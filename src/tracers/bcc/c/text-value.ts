/** Texts: where they come from, and how they are copied into the program's own memory. */
import { structureOf } from "../../../plan/same.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import { bytesOfText } from "../../../types/text.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { atom, c, type Test } from "../../code.js";
import { test, write } from "./c-expression.js";
import { textSize } from "../layout/fields.js";
import { isTrue, reader } from "./c-types.js";
import { addressOf } from "./read-memory.js";
import { memberOf } from "./state-access.js";
import { isBounded, LONGEST_TEXT, undecided, type LongText } from "./text-limits.js";
import { cString } from "../quoting.js";
import type { FunctionWriter } from "./function-writer.js";

/** The number that represents the name of this probe. */
export function probeNumber(writer: FunctionWriter): string {
  if (writer.probeNumber !== "") return writer.probeNumber;
  const { probeNames } = writer.program;
  const name = pointText(writer.point);
  if (!probeNames.includes(name)) probeNames.push(name);
  return `${probeNames.indexOf(name)}`;
}

/** Statements that fill a zeroed array of characters. `isShown`: what is cut must be told. */
export function writeText(
  value: Typed,
  place: string,
  writer: FunctionWriter,
  isShown = true,
): () => readonly string[] {
  const read = (of: TextInMemory) => (): readonly string[] => {
    const { space, from } = sourceOf(of, writer);
    const call = `bpf_probe_read_${space}_str(&${place}, sizeof(${place}), ${from})`;
    const mayBeCut = isShown && !isBounded(of);
    // Memory of a program may not be there, and a probe cannot wait for it.
    const unread = (failed: string): readonly string[] =>
      space === "user" ? [`if (${failed})`, `    ${writer.program.count("UNREAD_TEXT")}`] : [];
    if (!mayBeCut) return space === "user" ? unread(`${call} < 0`) : [`${call};`];
    writer.program.use("is_cut");
    const length = writer.fresh("kept");
    return [
      `int ${length} = ${call};`,
      ...unread(`${length} < 0`),
      `if (${length} == sizeof(${place}) && is_cut(${from}, ${length}, ${space === "user" ? 1 : 0}))`,
      `    ${writer.program.count("CUT_SHOWN")}`,
    ];
  };
  switch (value.op) {
    case "common":
      if (value.name === "comm") return () => [`bpf_get_current_comm(&${place}, sizeof(${place}));`];
      throw new BackendError("BCC cannot keep the name of a probe among other texts");
    case "string": {
      const bytes = bytesOfText(value.value).length;
      return () => [
        `__builtin_memcpy(&${place}, ${cString(value.value)}, sizeof(${place}) < ${bytes + 1} ? sizeof(${place}) - 1 : ${bytes + 1});`,
      ];
    }
    case "text":
    case "tracepointArgument":
      return read(value);
    case "state": {
      const { pointer, member } = memberOf(value, writer);
      const line = `__builtin_memcpy(&${place}, ${member.text}, sizeof(${member.text}));`;
      return () => (writer.isSafe(pointer) ? [line] : [`if (${pointer})`, `    ${line}`]);
    }
    case "choose": {
      const condition = test(value.condition, writer).holds.text;
      const [yes, no] = [
        writeText(value.then, place, writer, isShown),
        writeText(value.otherwise, place, writer, isShown),
      ];
      return () => [
        `if (${condition}) {`,
        ...yes().map((l) => `    ${l}`),
        "} else {",
        ...no().map((l) => `    ${l}`),
        "}",
      ];
    }
    case "argument":
    case "arithmetic":
    case "begun":
    case "cast":
    case "compare":
    case "complement":
    case "currentTask":
    case "element":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "integer":
    case "local":
    case "logic":
    case "member":
    case "negate":
    case "not":
    case "returnValue":
    case "register":
    case "userWord":
      throw new BackendError("BCC cannot keep this text");
  }
}

/** The place of the bytes of an internet address. */
export function inetAddress(value: Typed, writer: FunctionWriter): string {
  if (value.op === "state") return memberOf(value, writer).address;
  if (value.op !== "inet") throw new BackendError("BCC cannot keep this internet address");
  const { bytes } = value;
  if (bytes.op !== "tracepointArgument") return addressOf(bytes, writer).text;
  const member = `args->${bytes.field.name}`;
  return bytes.field.shape === "number" ? `&${member}` : member;
}

/** A text in memory: of the kernel or of a program, or at the end of an event. */
export type TextInMemory = Extract<Typed, { readonly op: "text" | "tracepointArgument" }>;

export function isInMemory(value: Typed): value is TextInMemory {
  return value.op === "text" || value.op === "tracepointArgument";
}

/** Whose memory a text is in, and its address there. */
function sourceOf(
  value: TextInMemory,
  writer: FunctionWriter,
): { readonly space: "user" | "kernel"; readonly from: string } {
  if (value.op === "tracepointArgument") {
    const { name, shape } = value.field;
    const args = atom("args");
    const isInEvent = shape === "data_loc";
    const member = c.member(args, "->", isInEvent ? `data_loc_${name}` : name);
    const place = isInEvent
      ? c.binary("+", c.cast("u64", args), c.binary("&", member, atom("0xffff")))
      : c.cast("u64", member);
    return { space: "kernel", from: c.cast("void *", place).text };
  }
  const { type } = value.pointer;
  const isArray = type.kind === "c" && type.ctype.kind === "array";
  const place = isArray ? addressOf(value.pointer, writer) : write(value.pointer, writer);
  return { space: reader(value.pointer, writer), from: c.cast("void *", place).text };
}

/** A variable that holds the text. */
export function loadText(value: Typed, writer: FunctionWriter): string {
  return writer.once(`text ${structureOf(value)}`, stemOf(value), (name) => {
    const size = textSize(value);
    const { place, lines } = writer.room("char", name, size, size);
    const fill = writeText(value, place, writer, false);
    writer.add(lines, fill());
    return place;
  });
}

/** A variable that holds a text of memory, as much of it as is compared, and one with its length. */
export function loadLongText(value: TextInMemory, writer: FunctionWriter): LongText {
  const length = `length ${structureOf(value)}`;
  const place = writer.once(`long text ${structureOf(value)}`, "text", (name) => {
    const room = writer.room("char", name, LONGEST_TEXT + 9, LONGEST_TEXT + 2);
    const { space, from } = sourceOf(value, writer);
    const read = writer.fresh("read");
    writer.add(
      room.lines,
      `int ${read} = bpf_probe_read_${space}_str(&${room.place}, sizeof(${room.place}), ${from});`,
      `if (${read} < 0)`,
      `    ${writer.program.count("UNREAD_TEXT")}`,
    );
    // The mask tells the kernel's verifier how large it can be.
    writer.once(length, "length", (own) => writer.add(`u32 ${own} = ${read} > 0 ? (${read} - 1) & 511 : 0;`));
    return room.place;
  });
  return { place, length: writer.once(length, "length", () => undefined) };
}

function stemOf(value: Typed): string {
  if (value.op === "common") return value.name;
  if (value.op === "tracepointArgument") return value.field.name;
  return value.op === "text" && value.pointer.op === "member" ? value.pointer.name : "words";
}

/** Whether two texts are the same; of two that are both cut, the rest is not known. */
export function sameText(one: Typed, other: Typed, writer: FunctionWriter): Test {
  writer.program.use("same_text");
  const size = Math.min(textSize(one), textSize(other));
  const texts = [atom(loadText(one, writer)), atom(loadText(other, writer))] as const;
  const call = c.call("same_text", ...texts, atom(size));
  if (isBounded(one) || isBounded(other)) return isTrue(call);
  const identity = `same ${structureOf(one)} ${structureOf(other)}`;
  return undecided(identity, "same", call, (same) => [same, `${texts[0].text}[${size - 2}]`], writer);
}
