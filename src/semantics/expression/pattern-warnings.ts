/** Warns of patterns where texts are compared, and of regular expressions where globs are meant. */
import { write } from "../../diagnostics/advice.js";
import { quoteText } from "../../types/text.js";
import type { BinaryExpression, Expression, InExpression } from "../../syntax/tree.js";
import type { Context } from "../context.js";
import type { Typed } from "../typed.js";
import { globOf, looksLikeGlob, looksLikeRegex } from "./foreign-patterns.js";

/** `file == "*.so"` compares with a star. */
export function warnOfGlob(
  { operator, left, right }: BinaryExpression,
  subject: Typed,
  context: Context,
): void {
  if (right.kind !== "string" || subject.op === "string" || !looksLikeGlob(right.value)) return;
  const between = { start: left.span.end, end: right.span.start };
  context.diagnostics.warning(
    "glob-compared",
    context.source,
    right.span,
    `\`${operator}\` compares with this text as it is, and its \`*\` is then only a star`,
    write(between, operator === "==" ? " ~ " : " !~ ", "a pattern is tested by {}"),
  );
}

/** `file in ("*.so", "*.a")`: the same of a list. */
export function warnOfGlobs(
  { subject, choices, negated, span }: InExpression,
  globs: readonly Expression[],
  context: Context,
): void {
  const text = (part: Expression): string => context.source.text.slice(part.span.start, part.span.end);
  const tests = choices.map(
    (choice) =>
      `${text(subject)} ${choice.kind === "string" && looksLikeGlob(choice.value) ? "~" : "=="} ${text(choice)}`,
  );
  const all = tests.length === 1 && !negated ? tests.join("") : `(${tests.join(" or ")})`;
  for (const glob of globs.slice(0, 1))
    context.diagnostics.warning(
      "glob-compared",
      context.source,
      glob.span,
      "`in` compares with these texts as they are, and a `*` is then only a star",
      write(span, negated ? `not ${all}` : all, "a pattern is tested by `~`: {}"),
    );
}

/** `file ~ "so$"` looks for a dollar sign. */
export function warnOfRegex({ right }: BinaryExpression, context: Context): void {
  if (right.kind !== "string" || !looksLikeRegex(right.value)) return;
  const glob = globOf(right.value);
  const what =
    "a pattern is a glob: `*` is any text, `?` any character, and `^`, `$`, `.` stand for themselves";
  context.diagnostics.warning(
    "regex-as-glob",
    context.source,
    right.span,
    "this looks like a regular expression, and it is tested as a glob",
    glob === undefined ? what : write(right.span, quoteText(glob), `write {}: ${what}`),
  );
}
