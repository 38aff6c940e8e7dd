/** Fills the program's own structs. */
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { test, wide, write } from "./c-expression.js";
import { UNSIGNED } from "../../../types/types.js";
import { bytesOf, isPacked, pidOf, stackTable, type Field } from "../layout/fields.js";
import { memberOf } from "./state-access.js";
import { indented } from "../quoting.js";
import { filled } from "../python/lines.js";
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
 * it is written. `more`: the bytes of members that are not given.
 */
export function assign(
  struct: string,
  name: string,
  given: readonly { readonly field: Field; readonly value: Typed }[],
  writer: FunctionWriter,
  more = 0,
): string {
  const bytes = given.reduce((sum, { field }) => sum + bytesOf(field), more);
  const { place, lines } = writer.room(struct, name, bytes);
  if (place === name && isPacked(given.map(({ field }) => field))) {
    const members = given.flatMap(({ field: { name: member, kept }, value }) =>
      kept.as === "integer" ? `.${member} = ${integerText(value, kept.ctype, writer)}` : [],
    );
    writer.add(filled(`${struct} ${name} = { `, members, " };"));
    return place;
  }
  const fill = given.map(({ field, value }) => assignment(field, value, `${place}.${field.name}`, writer));
  writer.add(lines);
  for (const each of fill) writer.add(each());
  return place;
}
