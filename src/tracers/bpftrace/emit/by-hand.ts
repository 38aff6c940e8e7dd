/** What the text form leaves to Faultline, which its header says: how it differs from `faultline run`. */
import { isOpen, isRows, keyColumns, sentColumns } from "../../../plan/columns.js";
import type { Plan, ResultColumn } from "../../../plan/plan.js";
import { isInet, setShownBy } from "../../../types/types.js";
import { hasUserStacks } from "../../../plan/user-stacks.js";

export type EnumNames = (kind: "enum" | "flags", of: string) => ReadonlyMap<string, bigint> | undefined;

/** More names than these are looked up in the kernel's source. */
const MOST_NAMES = 12;

export function byHandNotes({ results }: Plan, names: EnumNames): readonly string[] {
  const notes: string[] = [];
  if (results.some((result) => result.every !== undefined && !isRows(result) && !isOpen(result)))
    notes.push(
      "at an interval it prints and clears a map, and what happens in between is lost or counted twice; Faultline keeps two sets of maps in turn",
    );
  for (const column of new Map(results.flatMap(keyColumns).map((each) => [each.label, each])).values()) {
    const note = namesNote(column, names);
    if (note !== undefined) notes.push(note);
  }
  if (results.some((result) => "top" in result && result.top))
    notes.push(
      "`top` is of the map whose values rank; of the other maps Faultline shows the same groups only",
    );
  if (results.some(hasUserStacks))
    notes.push(
      "it has no names for stacks of processes that have ended, which Faultline resolves while they run",
    );
  if (results.some((result) => sentColumns(result).length > keyColumns(result).length))
    notes.push(
      "a stack that is taken at the entry of a function lacks the immediate caller, which stands beside it; Faultline puts it in",
    );
  return notes;
}

function namesNote({ label, type }: ResultColumn, names: EnumNames): string | undefined {
  if (isInet(type))
    return `${label} shows an IPv4 address behind \`::ffff:\` where it is read in 16 bytes, and Faultline leaves that out`;
  if (type.kind === "flags") return `${label} is a number, whose bits Faultline names`;
  const set = setShownBy(type);
  if (!set) return undefined;
  const members = [...(names(set.kind, set.of) ?? [])];
  const known = members.slice(0, MOST_NAMES).map(([name, value]) => `${value} ${name}`);
  if (members.length > MOST_NAMES) known.push("…");
  if (type.kind === "number")
    return `${label} is a number, and below zero the opposite of an error's, which Faultline names`;
  return `${label} is a number, which Faultline names${known.length > 0 ? `: ${known.join(", ")}` : ""}`;
}
