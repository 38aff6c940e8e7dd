/** Resolves types spelled in definitions: `bytes`, `flags gfp_t`, `struct page`. */
import { isNamedSet } from "../kernel/flags/flag-sets.js";
import type { TypeName } from "../syntax/tree.js";
import { fail, type Context } from "./context.js";
import { offerNearest } from "../diagnostics/advice.js";
import {
  ADDRESS,
  BOOL,
  ERROR,
  INET,
  INT,
  numberOf,
  RESULT,
  STRING,
  typeName,
  UNSIGNED,
  type Type,
} from "../types/types.js";
import { UNIT_NAMES } from "../types/unit-spellings.js";

export const SIMPLE_TYPES: Readonly<Record<string, Type>> = {
  ...Object.fromEntries(
    UNIT_NAMES.map((unit) => {
      const type = numberOf(unit, false);
      return [typeName(type), type];
    }),
  ),
  int: INT,
  uint: UNSIGNED,
  result: RESULT,
  bool: BOOL,
  string: STRING,
  inet: INET,
  addr: ADDRESS,
  ksym: { kind: "symbol", space: "kernel" },
  usym: { kind: "symbol", space: "user" },
  ustack: { kind: "stack", space: "user" },
  kstack: { kind: "stack", space: "kernel" },
};

const TAKES_A_NAME = ["flags", "enum", "struct"];

/** Returns the type, or reports an error. */
export function resolveType(type: TypeName, context: Context): Type {
  const word = type.word.text;
  const simple = Object.hasOwn(SIMPLE_TYPES, word) ? SIMPLE_TYPES[word] : undefined;
  if (simple) return simple;
  if (!TAKES_A_NAME.includes(word)) {
    fail(
      context,
      type.word.span,
      "unknown-type",
      `there is no type \`${word}\``,
      offerNearest(word, [...Object.keys(SIMPLE_TYPES), ...TAKES_A_NAME], type.word.span),
    );
    return ERROR;
  }
  if (!type.of) {
    fail(
      context,
      type.span,
      "unknown-type",
      `\`${word}\` needs a name after it`,
      `for example \`${word} ${word === "flags" ? "gfp_t" : word === "enum" ? "madvise" : "page"}\``,
    );
    return ERROR;
  }
  const of = type.of.text;
  if (word === "struct") {
    const struct = context.kernel.struct(of);
    if (struct) return { kind: "c", ctype: { kind: "pointer", to: struct } };
    fail(context, type.of.span, "kernel-no-struct", `struct ${of} is not known for ${context.kernel.id}`);
    return ERROR;
  }
  // On a kernel that lacks a set its values are shown as numbers, but a misspelled name is reported.
  const kind = word === "flags" ? "flags" : "enum";
  const isKnown = context.sets.defined(kind, of) !== undefined || isNamedSet(context.kernel, kind, of);
  if (!isKnown && context.kernel.complete) {
    fail(context, type.of.span, "kernel-no-set", `no ${word} \`${of}\` is known for ${context.kernel.id}`);
    return ERROR;
  }
  return word === "flags" ? { kind: "flags", of } : { kind: "enum", of, signed: true };
}
