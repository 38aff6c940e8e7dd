/** Resolves names of numbers: members of the target kernel's enums and sets of flags. */
import { isPrintedSet } from "../../kernel/flags/flag-sets.js";
import { namesOfSet, namesWithMember } from "../sets.js";
import { CMDLINE, DISK, GROUP, USER } from "../../kernel/names.js";
import type { Advice, Span } from "../../diagnostics/diagnostic.js";
import type { NamedValues } from "../../kernel/kernel.js";
import type { Expression } from "../../syntax/tree.js";
import { integer } from "./fold.js";
import { fail, type Context, type Scope } from "../context.js";
import { checkNumber } from "./number-literals.js";
import { offerNearest } from "../../diagnostics/advice.js";
import type { Typed } from "../typed.js";
import { isPlain, type Type } from "../../types/types.js";

/** Returns the names that a type has on this kernel. */
export function setOf(type: Type, context: Context): NamedValues | undefined {
  if (type.kind !== "enum" && type.kind !== "flags") return undefined;
  return namesOfSet(context, type.kind, type.of);
}

/** Returns the value of a name that is compared with type `beside`: a member of its set or, for a number, of any enum. */
export function namedValue(name: string, beside: Type, context: Context): Typed | undefined {
  const set = setOf(beside, context);
  const value = set?.get(name);
  if (value !== undefined) return integer(value, beside);
  // The names that the kernel prints are not those of its code: NET_RX is NET_RX_SOFTIRQ.
  const isPrinted = (beside.kind === "enum" || beside.kind === "flags") && isPrintedSet(beside.of);
  const found = isPlain(beside) || isPrinted ? namesWithMember(context, name)?.get(name) : undefined;
  return found === undefined ? undefined : integer(found, beside);
}

/** Why a type has no such name, and what to write instead. */
export function whyNoMember(
  name: string,
  type: Type & { readonly kind: "enum" | "flags" },
  span: Span,
  context: Context,
): { readonly message: string; readonly hint: Advice | string | undefined } {
  const { of } = type;
  const { kernel } = context;
  if (of === CMDLINE)
    return {
      message:
        "the kernel does not have command lines: they are only shown, and read from /proc while it runs",
      hint: "test `exe`, `process` or `pid`",
    };
  const set = setOf(type, context);
  const names = [...(set?.keys() ?? [])];
  const similar = offerNearest(name, names, span, undefined, namesWith(name, names));
  const reader = READERS.get(of);
  if (reader === undefined) return { message: `${of} has no \`${name}\` in ${kernel.id}`, hint: similar };
  const isKnown = kernel[reader]?.() !== undefined;
  const command = of === DISK ? "`lsblk`" : `\`getent ${of === USER ? "passwd" : "group"} ${quoted(name)}\``;
  return isKnown
    ? {
        message: `this machine has no ${of} \`${name}\``,
        hint: similar ?? `write its number, if ${command} knows it`,
      }
    : {
        message: `${of}s have their names on the machine that runs this, and those of ${kernel.id} are not known here`,
        hint: `write its number, which ${command} tells there; or run it there`,
      };
}

/** The names that have a word in them: `anon` is in MM_ANONPAGES. */
function namesWith(word: string, names: readonly string[]): readonly string[] {
  if (word.length < 3) return [];
  return names.filter((name) => name.toLowerCase().includes(word.toLowerCase())).slice(0, 3);
}

/** The sets of the machine, and how a kernel gives them. */
const READERS: ReadonlyMap<string, "disks" | "users" | "groups"> = new Map([
  [DISK, "disks"],
  [USER, "users"],
  [GROUP, "groups"],
]);

/** For a shell, where that is needed. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

interface Mask {
  readonly value: bigint;
  readonly names: readonly string[];
}

/** Types the right side of `has`: names and numbers, joined with `|`. All the bits must be set. */
export function namedMask(
  expression: Expression,
  subject: Type,
  scope: Scope,
  context: Context,
): Mask | undefined {
  switch (expression.kind) {
    case "parenthesized":
      return namedMask(expression.inner, subject, scope, context);
    case "number": {
      const number = checkNumber(expression, context);
      return number.op === "integer" && number.type.kind === "number"
        ? { value: number.value, names: [expression.text] }
        : undefined;
    }
    case "binary": {
      if (expression.operator !== "|") break;
      const left = namedMask(expression.left, subject, scope, context);
      const right = namedMask(expression.right, subject, scope, context);
      return left && right && { value: left.value | right.value, names: [...left.names, ...right.names] };
    }
    case "name": {
      const constant =
        namedValue(expression.text, subject, context) ??
        scope.lookUp(expression.text, context, expression.span);
      if (constant?.op === "integer") {
        if (constant.value !== 0n) return { value: constant.value, names: [expression.text] };
        fail(
          context,
          expression.span,
          "empty-flag",
          `\`${expression.text}\` is zero, so every value has it`,
          `compare with \`== ${expression.text}\``,
        );
        return undefined;
      }
      const set = setOf(subject, context);
      const where = subject.kind === "flags" ? subject.of : "any set of flags";
      fail(
        context,
        expression.span,
        "unknown-flag",
        `there is no flag \`${expression.text}\` in ${where} on ${context.kernel.id}`,
        offerNearest(expression.text, set?.keys() ?? [], expression.span),
      );
      return undefined;
    }
    case "boolean":
    case "call":
    case "conditional":
    case "in":
    case "index":
    case "member":
    case "probe":
    case "string":
    case "unary":
      break;
  }
  fail(context, expression.span, "not-a-flag", "`has` needs the name of a flag, or several joined with `|`");
  return undefined;
}
