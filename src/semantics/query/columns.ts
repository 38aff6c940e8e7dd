/** Checks columns: their labels, the units in which they are shown, and the aggregates among them. */
import { isUtf8 } from "../../types/text.js";
import {
  AGGREGATE_NAMES,
  definitionOf,
  isAggregateFunction,
  type AggregateFunction,
} from "../../aggregates/aggregates.js";
import { printExpression } from "../../syntax/print/print-expression.js";
import type { CallExpression, Column as ColumnSyntax, Expression } from "../../syntax/tree.js";
import type { Advice } from "../../diagnostics/diagnostic.js";
import { aggregatesMeant } from "../foreign-names.js";
import { integer } from "../expression/fold.js";
import { fail, type Context, type Scope } from "../context.js";
import { asNumber } from "../expression/arithmetic.js";
import { checkValue } from "../expression/expressions.js";
import { isCommandLine } from "../source/task-fields.js";
import { insert, offerNearest, write } from "../../diagnostics/advice.js";
import { isCommon } from "../source/probe-scope.js";
import type { Aggregate, CheckedColumn, Display, Typed } from "../typed.js";
import { describeType, UNSIGNED, numberOf, type Type } from "../../types/types.js";
import { lookUpUnit, spellingsFor, unitsMeant, UNIT_SPELLINGS } from "../../types/unit-spellings.js";
import { UNITS, type Unit } from "../../types/units.js";

export function isAggregateCall(expression: Expression): expression is CallExpression {
  return expression.kind === "call" && isAggregateFunction(expression.callee.text);
}

function labelOf(column: ColumnSyntax, type?: Type): string {
  if (column.alias) return column.alias.kind === "string" ? column.alias.value : column.alias.text;
  const text = printExpression(column.expression);
  const per = type?.kind === "number" && type.per ? "/s" : "";
  return column.unit ? `${text} (${column.unit.text}${per})` : text;
}

/** Checks the unit after `in` against the unit of the column. */
function displayOf(column: ColumnSyntax, unit: Unit | undefined, context: Context): Display | undefined {
  if (!column.unit) return undefined;
  const spelling = column.unit.text;
  const found = lookUpUnit(spelling);
  if (!found) {
    fail(
      context,
      column.unit.span,
      "unknown-unit",
      `\`${spelling}\` is not a unit`,
      offerNearest(spelling, UNIT_SPELLINGS, column.unit.span, undefined, unitsMeant(spelling)),
    );
    return undefined;
  }
  if (unit === undefined) return undefined;
  const page = BigInt(context.kernel.pageSize);
  if (found.unit === unit) return { unit, spelling, factor: found.factor };
  // Sizes convert between pages and bytes; the factor is a whole number because a page is a power of two.
  if (unit === "bytes" && found.unit === "pages") return { unit, spelling, factor: page };
  fail(
    context,
    column.unit.span,
    "unit-mismatch",
    `${unit === "none" ? "this has no unit" : `this is ${describeType(numberOf(unit, false))}`}, so it cannot be shown in \`${spelling}\``,
    write(column.unit.span, spellingsFor(unit, ""), "write {}"),
  );
  return undefined;
}

function unitOf(type: Type): Unit | undefined {
  if ("unit" in type) return type.unit;
  return type.kind === "error" ? undefined : "none";
}

/** Converts pages to bytes when the event is recorded, if they are shown in a unit of bytes. */
function convertPages(value: Typed, column: ColumnSyntax, context: Context): Typed {
  const wanted = column.unit && lookUpUnit(column.unit.text)?.unit;
  if (wanted !== "bytes" || value.type.kind !== "number" || value.type.unit !== "pages") return value;
  const size = integer(BigInt(context.kernel.pageSize), UNSIGNED);
  return {
    op: "arithmetic",
    operator: "*",
    left: value,
    right: size,
    type: numberOf("bytes", value.type.signed),
  };
}

function finishColumn(column: ColumnSyntax, value: Typed, context: Context): CheckedColumn {
  const display = displayOf(column, unitOf(value.type), context);
  return { label: labelOf(column), value, ...(display ? { display } : {}) };
}

/** A label is text for people, and a name in JSON: not any bytes. */
function checkLabel({ alias }: ColumnSyntax, context: Context): void {
  if (alias?.kind !== "string") return;
  if (alias.value === "") fail(context, alias.span, "empty-name", "a column needs a name");
  if (!isUtf8(alias.value))
    fail(
      context,
      alias.span,
      "not-utf8",
      "a column's name has a byte that is no character",
      "a name consists of characters: ÿ is `\\u{ff}`",
    );
}

/** Checks a key of `by` or a column of `show`. */
export function checkColumn(column: ColumnSyntax, scope: Scope, context: Context): CheckedColumn {
  checkLabel(column, context);
  const value = convertPages(checkValue(column.expression, scope, context), column, context);
  return finishColumn(column, value, context);
}

function calleeOf(expression: Expression): CallExpression["callee"] | undefined {
  return expression.kind === "call" ? expression.callee : undefined;
}

export function checkAggregate(column: ColumnSyntax, scope: Scope, context: Context): Aggregate | undefined {
  const { expression } = column;
  if (!isAggregateCall(expression)) {
    const call = calleeOf(column.expression);
    if (call)
      fail(
        context,
        call.span,
        "unknown-aggregate",
        `there is no aggregate \`${call.text}\``,
        offerNearest(
          call.text,
          AGGREGATE_NAMES,
          call.span,
          `they are ${AGGREGATE_NAMES.join(", ")}`,
          aggregatesMeant(call.text),
        ),
      );
    else
      fail(
        context,
        expression.span,
        "not-an-aggregate",
        "an aggregate is expected here, such as count() or sum(size)",
        "put `show` before the columns to see each event, or `by` before keys",
      );
    return undefined;
  }
  const [argument, ...rest] = expression.args;
  const fn = expression.callee.text as AggregateFunction;
  if (!argument && ["value", "anything", "value and range"].includes(definitionOf(fn).takes)) {
    const own = scope.names().filter((name) => !isCommon(name));
    fail(
      context,
      expression.span,
      "argument-count",
      `\`${fn}\` needs a field`,
      write(
        expression.span,
        own.map((name) => `${fn}(${name})`),
        "write {}",
        `for example \`${fn}(latency)\``,
      ),
    );
    return undefined;
  }
  const value = argument && checkValue(argument, scope, context);
  return aggregateOf(
    column,
    expression,
    value,
    rest.map((r) => ({ value: checkValue(r, scope, context), span: r.span })),
    context,
  );
}

interface Extra {
  readonly value: Typed;
  readonly span: Expression["span"];
}

/** Types an aggregate of a value that is already typed. */
export function aggregateOf(
  column: ColumnSyntax,
  call: CallExpression,
  argument: Typed | undefined,
  extra: readonly Extra[],
  context: Context,
): Aggregate | undefined {
  const fn = call.callee.text as AggregateFunction;
  const { takes, shape, typeOf } = definitionOf(fn);
  checkLabel(column, context);
  const wrong = (code: string, message: string, hint?: string | Advice): undefined => {
    fail(context, call.span, code, message, hint);
    return undefined;
  };
  const named = (type: Type, value: Typed | undefined, range?: Aggregate["range"]): Aggregate => {
    const display = displayOf(column, unitOf(type), context);
    return {
      fn,
      label: labelOf(column, type),
      type,
      ...(value ? { value } : {}),
      ...(range ? { range } : {}),
      ...(display ? { display } : {}),
    };
  };
  const tooMany = (): undefined => {
    const [first] = call.args;
    return wrong(
      "argument-count",
      `\`${fn}\` takes one argument`,
      first &&
        write(
          call.span,
          `${fn}(${printExpression(first)})`,
          shape === "histogram"
            ? "write {}; `lhist(value, from, to, step)` has steps of your own"
            : "write {}",
        ),
    );
  };
  if (takes === "nothing") {
    if (argument)
      return wrong(
        "argument-count",
        `\`${fn}()\` counts events, so it takes no argument`,
        write(call.span, `${fn}()`, "write {}; to count only some of them use `where`"),
      );
    return named(typeOf({ unit: "none", signed: false }), undefined);
  }
  if (!argument && takes === "value or nothing")
    return named(typeOf({ unit: "none", signed: false }), undefined);
  if (!argument) return wrong("argument-count", `\`${fn}\` needs a field, for example \`${fn}(latency)\``);
  if (argument.type.kind === "error") return undefined;
  if (isCommandLine(argument.type))
    return wrong(
      "only-shown",
      "command lines are only shown, and not counted or compared",
      "group by it: `by cmdline`",
    );
  if (takes === "anything") {
    if (extra.length > 0) return tooMany();
    return named(typeOf({ unit: "none", signed: false }), argument);
  }
  const value = convertPages(measurable(argument), column, context);
  if (value.type.kind !== "number" || value.type.unit === "timestamp")
    return wrong(
      "not-measurable",
      `\`${fn}\` needs a number, and this is ${describeType(argument.type)}`,
      "to count how often each occurs, group by it: `by …`",
    );
  if (takes === "value and range") return linear(value, value.type.unit, extra, named, wrong, context);
  if (extra.length > 0) return tooMany();
  return named(typeOf(value.type), value);
}

/** Converts a value to a number to aggregate: true is 1, and an address in a histogram is its number. */
function measurable(argument: Typed): Typed {
  const value = asNumber(argument);
  if (value.type.kind === "bool")
    return {
      op: "choose",
      condition: value,
      then: integer(1n, UNSIGNED),
      otherwise: integer(0n, UNSIGNED),
      type: UNSIGNED,
    };
  if (value.type.kind === "address" || value.type.kind === "enum")
    return { ...value, type: numberOf("none", value.type.kind === "enum" && value.type.signed) };
  return value;
}

/** The limit on buckets, because the tracers keep those of a linear histogram in one array. */
const MOST_BUCKETS = 1000n;

function linear(
  value: Typed,
  unit: Unit,
  extra: readonly Extra[],
  named: (type: Type, value: Typed, range: NonNullable<Aggregate["range"]>) => Aggregate,
  wrong: (code: string, message: string, hint?: string) => undefined,
  context: Context,
): Aggregate | undefined {
  if (extra.length !== 3)
    return wrong(
      "argument-count",
      "`lhist` takes a value, a minimum, a maximum and a step",
      "for example `lhist(latency, 0ms, 100ms, 5ms)`",
    );
  const bounds: bigint[] = [];
  for (const { value: bound, span } of extra) {
    if (bound.type.kind === "error") return undefined;
    const bare = bound.type.kind === "number" && bound.type.unit === "none";
    if (
      bound.op !== "integer" ||
      bound.type.kind !== "number" ||
      !(bound.type.unit === unit || (bare && (UNITS[unit].acceptsBare || bound.value === 0n)))
    ) {
      fail(
        context,
        span,
        "bad-range",
        `the bounds of \`lhist\` are constants in the unit of the value: ${describeType(value.type)}`,
        bare && bound.op === "integer" ? write(span, spellingsFor(unit, String(bound.value))) : undefined,
      );
      return undefined;
    }
    bounds.push(bound.value);
  }
  const [min, max, step] = bounds as [bigint, bigint, bigint];
  if (min < 0n) return wrong("bad-range", "the minimum of `lhist` cannot be below zero");
  if (min >= max) return wrong("bad-range", "the minimum of `lhist` must be below its maximum");
  if (step <= 0n) return wrong("bad-range", "the step of `lhist` must be more than zero");
  if ((max - min) / step > MOST_BUCKETS)
    return wrong(
      "bad-range",
      `that would be ${(max - min) / step} buckets, and ${MOST_BUCKETS} is the maximum`,
      "use a larger step",
    );
  if ((max - min) % step !== 0n)
    return wrong("bad-range", "the step of `lhist` does not divide its range evenly");
  return named({ kind: "histogram", unit }, value, { min, max, step });
}

/** Reports two columns of the same name, which could not be distinguished in JSON or CSV. */
export function checkDistinct(
  columns: readonly { readonly label: string }[],
  syntax: readonly ColumnSyntax[],
  context: Context,
): void {
  const known = new Set<string>();
  columns.forEach((column, i) => {
    const at = syntax[i];
    const isFirst = !known.has(column.label);
    known.add(column.label);
    if (at && !isFirst)
      fail(
        context,
        at.span,
        "duplicate-column",
        `there are two columns called \`${column.label}\``,
        insert(
          at.span.end,
          ` as ${column.label.replace(/\W+/g, "_")}_2`,
          "name one of them, {}: `… as NAME`",
        ),
      );
  });
}
