/** How the text form prints values: columns of a row by `printf`, and the units of those that bpftrace prints itself. */
import type { ResultColumn } from "../../../plan/plan.js";
import { UNITS } from "../../../types/units.js";
import { isSigned } from "../../../types/types.js";
import { atom, c, type Code } from "../../code.js";
import { quoteFormat } from "./quoting.js";

interface PrintfCell {
  /** Without a width, and filled up to one. */
  readonly format: string;
  readonly padded: string;
  readonly values: readonly string[];
}

/** In characters, by what the column holds; the last one is never padded. */
function widthOf(column: ResultColumn): number {
  const wide = { string: 16, stack: 0, symbol: 24, address: 18, flags: 10, enum: 6 } as const;
  const own =
    column.type.kind in wide
      ? wide[column.type.kind as keyof typeof wide]
      : column.type.kind === "number" && column.type.unit === "timestamp"
        ? "00:00:00.000000".length
        : 10;
  return Math.max(own, column.label.length);
}

function cell(column: ResultColumn, code: Code): PrintfCell {
  const { type } = column;
  const left = (format: string, value: string): PrintfCell => ({
    format: `%${format}`,
    padded: `%-${widthOf(column)}${format}`,
    values: [value],
  });
  if (type.kind === "string" || type.kind === "symbol" || type.kind === "stack") return left("s", code.text);
  if (type.kind === "address" || type.kind === "flags") return left("llx", code.text);
  const display = type.kind === "number" ? UNITS[type.unit].display : undefined;
  if (display?.as === "time") return left("s", `strftime("%H:%M:%S.%f", ${code.text})`);
  if (display?.as === "fraction") return fraction(column, code, BigInt(display.parts), 2);
  const factor = column.display?.factor ?? 1n;
  if (factor > 1n) return fraction(column, code, factor, decimalsOf(factor));
  const signed = type.kind !== "number" || type.signed || type.unit !== "none";
  return left(signed ? "lld" : "llu", code.text);
}

/** All that a power of ten has, three of others. */
function decimalsOf(factor: bigint): number {
  const digits = String(factor).length - 1;
  return factor === 10n ** BigInt(digits) ? digits : 3;
}

/** bpftrace has no fractions, and divides unsigned numbers only: what is before the point and what is behind it are printed apart. */
function fraction(column: ResultColumn, code: Code, factor: bigint, decimals: number): PrintfCell {
  const isNegative = c.binary("<", code, atom(0));
  const amount = isSigned(column) ? c.cast("uint64", c.choice(isNegative, c.minus(code), code)) : code;
  const rest = c.binary("%", amount, atom(factor));
  const scale = 10n ** BigInt(decimals);
  const behind = scale === factor ? rest : c.binary("/", c.binary("*", rest, atom(scale)), atom(factor));
  const sign = isSigned(column) ? [`${c.choice(isNegative, atom('"-"'), atom('""')).text}`] : [];
  const before = Math.max(1, widthOf(column) - decimals - 1 - sign.length);
  const point = `.%0${decimals}llu`;
  const signed = sign.length > 0 ? "%s" : "";
  return {
    format: `${signed}%llu${point}`,
    padded: sign.length > 0 ? `%${before}s%llu${point}` : `%${before}llu${point}`,
    values: [...sign, c.binary("/", amount, atom(factor)).text, behind.text],
  };
}

/** A column's name, with the unit that its bare numbers are in. */
function labelOf(column: ResultColumn): string {
  if (column.display || column.type.kind !== "number") return column.label;
  const { base } = UNITS[column.type.unit];
  return base === undefined ? column.label : `${column.label} (${base})`;
}

/** The same where bpftrace prints the numbers, which shows no fractions: they are in the base unit. */
export function mapLabel(column: ResultColumn): string {
  const { type, label } = column;
  if (!("unit" in type)) return label;
  const { base, display } = UNITS[type.unit];
  const unit = display.as === "fraction" ? `1/${display.parts}` : base;
  if (unit === undefined) return label;
  return column.display ? `${label}, here in ${unit}` : `${label} (${unit})`;
}

export function headLine(columns: readonly ResultColumn[]): string {
  const labels = columns.map((column, i) =>
    i === columns.length - 1 ? labelOf(column) : labelOf(column).padEnd(widthOf(column)),
  );
  return `printf(${quoteFormat(`${labels.join(" ")}\n`)});`;
}

/** `after`: what follows on the line. */
export function row(columns: readonly ResultColumn[], values: readonly Code[], after = ""): string {
  const cells = columns.map((column, i) => cell(column, values[i] as Code));
  const format = cells.map(({ format, padded }, i) => (i === cells.length - 1 ? format : padded)).join(" ");
  return `printf("${format}${after}\\n", ${cells.flatMap((each) => each.values).join(", ")});`;
}
