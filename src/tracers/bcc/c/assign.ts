/** Fills the program's own structs. */
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { test, wide, write } from "./c-expression.js";
import { UNSIGNED } from "../../../types/types.js";
import { bytesOf, isPacked, pidOf, stackTable, type Field } from "../layout/fields.js";
import { memberOf } from "./state-access.js";
import { indented } from "../quoting.js";
import { filled, WIDTH } from "../python/lines.js";
import { inetAddress, probeNumber, writeText } from "./text-value.js";
import type { FunctionWriter } from "./function-writer.js";

/** Computes a value; returns a function that writes the statements to assign it. */
export function assignment(
  { kept }: Field,
  value: Typed,
  place: string,
  writer: FunctionWriter,
): () => readonly string[] {
  const pid = (): string => write({ op: "common", name: "pid", type: UNSIGNED }, writer).text;
  if (value.op === "state" && kept.as !== "integer" && kept.as !== "text" && kept.as !== "inet") {
    const { pointer, member } = memberOf(value, writer);
    const lines = [`${place} = ${member.text};`];
    if (kept.as !== "kernelStack" && kept.as !== "probe")
      lines.push(`${pidOf(place)} = ${pidOf(member.text)};`);
    return () => (writer.isSafe(pointer) ? lines : [`if (${pointer}) {`, ...indented(lines), "}"]);
  }
  switch (kept.as) {
    case "text":
      return writeText(value, place, writer);
    case "inet": {
      const from = inetAddress(value, writer);
      return () => [`bpf_probe_read_kernel(&${place}, sizeof(${place}), (void *)(${from}));`];
    }
    case "probe": {
      const number = probeNumber(writer);
      return () => [`${place} = ${number};`];
    }
    case "kernelStack":
    case "userStack": {
      if (value.op !== "common") throw new BackendError("BCC can take a stack only where it is asked for");
      writer.program.stackDepths.add(kept.depth);
      writer.program.use("stack_of");
      const flags = kept.as === "userStack" ? "BPF_F_USER_STACK" : "0";
      const stack = `${place} = stack_of(${stackTable(kept.depth)}.get_stackid(${writer.context}, ${flags}));`;
      const owner = kept.as === "userStack" ? [`${pidOf(place)} = ${pid()};`] : [];
      return () => [stack, ...owner];
    }
    case "userSymbol": {
      const lines = [`${place} = ${wide(value, false, writer).text};`, `${pidOf(place)} = ${pid()};`];
      return () => lines;
    }
    case "integer": {
      const text = integerText(value, kept.ctype, writer);
      return () => [`${place} = ${text};`];
    }
  }
}

/** A number as it is assigned to a member of this type. */
function integerText(value: Typed, ctype: string, writer: FunctionWriter): string {
  return (ctype === "u8" ? test(value, writer).holds : write(value, writer)).text;
}

/**
 * Declares a struct without garbage in its gaps (which braces around values would leave), and fills it; returns how
 * it is written. `rest`: the members that are not given, or the bytes of those that are structs themselves.
 */
export function assign(
  struct: string,
  name: string,
  given: readonly MemberValue[],
  writer: FunctionWriter,
  rest: readonly Field[] | number = [],
): string {
  const own = given.map(({ field }) => field);
  const fields = typeof rest === "number" ? own : [...own, ...rest];
  const bytes = fields.reduce((sum, field) => sum + bytesOf(field), typeof rest === "number" ? rest : 0);
  const { place, lines } = writer.room(struct, name, bytes);
  if (place === name && typeof rest !== "number" && isPacked(fields)) {
    const members = given.flatMap(({ field: { name: member, kept }, value }) =>
      kept.as === "integer" ? `.${member} = ${integerText(value, kept.ctype, writer)}` : [],
    );
    const others = given.filter(({ field }) => field.kept.as !== "integer");
    const fill = assignments(others, place, writer);
    writer.add(members.length === 0 ? lines : inBraces(`${struct} ${name} = `, members));
    for (const each of fill) writer.add(each());
    return place;
  }
  const fill = assignments(given, place, writer);
  writer.add(lines);
  for (const each of fill) writer.add(each());
  return place;
}

interface MemberValue {
  readonly field: Field;
  readonly value: Typed;
}

function assignments(
  given: readonly MemberValue[],
  place: string,
  writer: FunctionWriter,
): readonly (() => readonly string[])[] {
  return given.map(({ field, value }) => assignment(field, value, `${place}.${field.name}`, writer));
}

function inBraces(head: string, members: readonly string[]): readonly string[] {
  const line = `${head}{ ${members.join(", ")} };`;
  return line.length <= WIDTH ? [line] : filled(`${head}{`, members, " };");
}
