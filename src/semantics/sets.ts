/** The sets of names that definitions give: those of a text, and those of the library. */
import type { NamedValues } from "../kernel/kernel.js";
import { namedValues } from "../kernel/flags/flag-sets.js";
import type { SetDefinition } from "../syntax/tree.js";
import type { Context, Scope } from "./context.js";
import { fail } from "./context.js";
import { checkValue } from "./expression/expressions.js";
import { asNumber } from "./expression/arithmetic.js";
import type { DefinedSet, Library } from "./library.js";
import { limited } from "./limited.js";
import { MOST_MEMBERS } from "./limits.js";

type SetKind = SetDefinition["of"];

/** Looks up sets; the names that the kernel has are found behind those of definitions. */
export class Sets {
  private readonly known = new Map<string, NamedValues>();

  constructor(
    private readonly library: Library,
    private readonly valuesOf: (set: DefinedSet) => NamedValues,
  ) {}

  /** Returns the names of a defined set; undefined if no definition has this kind and name. */
  defined(kind: SetKind, name: string): NamedValues | undefined {
    const set = this.library.set(name);
    return set?.definition.of === kind ? this.values(name, set) : undefined;
  }

  /** Returns the first defined set with this member. */
  definedWith(member: string): NamedValues | undefined {
    for (const name of this.library.setNames()) {
      const set = this.library.set(name);
      if (!set?.definition.members.some((each) => each.name.text === member)) continue;
      return this.values(name, set);
    }
    return undefined;
  }

  private values(name: string, set: DefinedSet): NamedValues {
    const known = this.known.get(name) ?? this.valuesOf(set);
    this.known.set(name, known);
    return known;
  }
}

/** Returns the names of a set on the target: as a definition has them, or else the kernel. */
export function namesOfSet(context: Context, kind: SetKind, name: string): NamedValues | undefined {
  return context.sets.defined(kind, name) ?? namedValues(context.kernel, kind, name);
}

/** Returns a set with this member: one of the kernel, or else of a definition. */
export function namesWithMember(context: Context, member: string): NamedValues | undefined {
  return (
    context.kernel.enumerationWith(member) ??
    namedValues(context.kernel, "any", member) ??
    context.sets.definedWith(member)
  );
}

/** The numbers are constants. */
const NO_NAMES: Scope = {
  what: "a set of names",
  names: () => [],
  lookUp: () => undefined,
  lookUpIn: () => undefined,
};

/** Returns the members in the order of the text; reports what is wrong with them. */
export function checkSet(definition: SetDefinition, context: Context): NamedValues {
  const values = new Map<string, bigint>();
  const { name, of } = definition;
  if (definition.members.length === 0)
    fail(context, name.span, "empty-set", `\`${name.text}\` has no names`, "write them: `NAME = 1`");
  for (const member of limited(definition.members, MOST_MEMBERS, "names in this set", "split it", context)) {
    const { text, span } = member.name;
    if (values.has(text)) {
      fail(context, span, "duplicate-member", `\`${text}\` stands twice in \`${name.text}\``);
      continue;
    }
    const value = asNumber(checkValue(member.value, NO_NAMES, context));
    if (value.type.kind === "error") continue;
    const isNumber = value.op === "integer" && value.type.kind === "number" && value.type.unit === "none";
    if (!isNumber)
      fail(
        context,
        member.value.span,
        "not-a-constant",
        `\`${text}\` stands for a whole number, and this is none`,
        "write it, as in `1`, `0x10` or `1 << 4`",
      );
    else if (of === "flags" ? value.value < 0n || value.value >= 2n ** 64n : outside(value.value))
      fail(
        context,
        member.value.span,
        "not-a-constant",
        of === "flags"
          ? `\`${text}\` stands for bits, so it is a number of 64 bits from 0 on`
          : `\`${text}\` is no number of 64 bits`,
      );
    else values.set(text, value.value);
  }
  return values;
}

function outside(value: bigint): boolean {
  return value < -(2n ** 63n) || value >= 2n ** 64n;
}
