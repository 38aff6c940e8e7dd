/** Members of `args`: the fields of a tracepoint, and the arguments of a function that are known by name. */
import type { Typed } from "../../../semantics/typed.js";
import { atom, c, type Code } from "../../code.js";
import { BackendError } from "../../error.js";
import type { ProbeWriter } from "./probe-writer.js";

export function memberOfArgs(name: string, { dialect }: ProbeWriter): Code {
  return c.member(atom("args"), dialect.can("argsDot") ? "." : "->", name);
}

/** Where a text at the end of an event is. */
export function eventTextPlace(
  { field, textAt }: Typed & { op: "tracepointArgument" },
  writer: ProbeWriter,
): Code {
  const access = memberOfArgs(field.name, writer);
  if (writer.dialect.can("locatesText")) return access;
  if (textAt === undefined)
    throw new BackendError(
      `bpftrace ${writer.dialect.version} reads the text of \`${field.name}\` at a wrong place`,
    );
  // It adds the offset four times: three are taken off.
  return c.binary("-", access, atom(3 * textAt));
}
