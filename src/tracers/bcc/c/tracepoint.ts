/** Tracepoints: with BCC's description of their arguments, or with a struct of our own if BCC has none. */
import type { Tracepoint, TracepointField } from "../../../kernel/kernel.js";
import type { PlanProbe } from "../../../plan/plan.js";
import { isWildcard } from "../../../semantics/source/probe-points.js";
import { BackendError } from "../../error.js";
import { struct } from "../layout/fields.js";
import { uses } from "./uses.js";
import { greatest } from "../../../lists.js";

export type FindTracepoint = (category: string, name: string) => Tracepoint | undefined;

/** How a function receives the event. */
export type TracepointForm =
  /** With BCC's TRACEPOINT_PROBE and the struct that it makes from the kernel's description. */
  | { readonly kind: "described" }
  /** It reads nothing of the event. */
  | { readonly kind: "bare" }
  | { readonly kind: "own"; readonly struct: string; readonly text: string };

export function tracepointForm(probe: PlanProbe, find: FindTracepoint, name: string): TracepointForm {
  const { point } = probe;
  const [category = "", event = ""] = point.parts;
  const isRead = uses(probe, (v) => v.op === "tracepointArgument");
  const known = isWildcard(point) ? undefined : find(category, event);
  if (known?.fields.every(isPlain)) return { kind: "described" };
  if (!isRead) return { kind: "bare" };
  if (!known)
    throw new BackendError(`the fields of ${category}:${event} are not known, so BCC cannot read them`);
  const needed = known.fields.filter((f) =>
    uses(probe, (v) => v.op === "tracepointArgument" && v.field.name === f.name),
  );
  const last = greatest(needed.map((f) => known.fields.indexOf(f)));
  return ownStruct(known, last + 1, name);
}

/** A struct of our own with the first `count` fields. */
export function ownStruct(
  { category, name: event, fields }: Tracepoint,
  count: number,
  name: string,
): TracepointForm & { readonly kind: "own" } {
  const own = `${name}_args`;
  const members = ["u64 common; /* header of every event */"];
  for (const field of fields.slice(0, count)) members.push(member(field, `${category}:${event}`));
  return { kind: "own", struct: own, text: struct(own, members) };
}

/** The types that the included headers declare; with others BCC's struct would not compile. */
const DECLARED = new Set(
  (
    "const volatile unsigned signed char short int long bool void u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 " +
    "__u64 __s8 __s16 __s32 __s64 uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t size_t ssize_t " +
    "pid_t uid_t gid_t dev_t ino_t loff_t off_t umode_t gfp_t sector_t"
  ).split(" "),
);

function isPlain({ ctype, shape }: TracepointField): boolean {
  if (shape === "data_loc") return true;
  // For a pointer to a struct its name is enough.
  const words = ctype.replace(/\bstruct \w+ \*/g, "").match(/\w+(?![^[]*\])/g) ?? [];
  return words.every((word) => DECLARED.has(word));
}

/** At its natural alignment, as in the kernel's own struct. */
function member({ name, ctype, size, signed, shape }: TracepointField, point: string): string {
  const sign = signed ? "s" : "u";
  switch (shape) {
    case "data_loc":
      return `u32 data_loc_${name};`;
    case "pointer":
      return `u64 ${name};`;
    case "char_array":
      return `char ${name}[${size}];`;
    case "number":
      if ([1, 2, 4, 8].includes(size)) return `${sign}${size * 8} ${name};`;
      break;
    case "array": {
      const count = Number(/\[(\d+)\]$/.exec(ctype)?.[1]);
      const each = size / count;
      if ([1, 2, 4, 8].includes(each)) return `${sign}${each * 8} ${name}[${count}];`;
    }
  }
  throw new BackendError(
    `BCC cannot read the fields of ${point}: the type of ${name} (${ctype}) is not known`,
  );
}
