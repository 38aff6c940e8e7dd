/** Converts a field's value to its declared type: the kernel has plain numbers, and definitions add the units. */
import type { Span } from "../../diagnostics/diagnostic.js";
import { asNumber, compare, pagesToBytes } from "./arithmetic.js";
import { integer } from "./fold.js";
import { fail, type Context } from "../context.js";
import type { Typed } from "../typed.js";
import { BOOL, describeType, isInet, typeName, type Type } from "../../types/types.js";

export function coerce(given: Typed, declared: Type, context: Context, span: Span): Typed {
  const value = typeName(given.type) === typeName(declared) ? given : asNumber(given);
  const { type } = value;
  if (type.kind === "error") return value;
  if (declared.kind === "error") return { ...value, type: declared };
  const plain = type.kind === "number" && type.unit === "none";
  switch (declared.kind) {
    case "number":
      if (type.kind === "number") {
        if (type.unit === declared.unit) return { ...value, type: { ...declared, signed: type.signed } };
        // A raw register has no sign, and neither has a value with a unit, unless it was computed.
        const signed = type.signed && !(value.op === "argument" && !value.ctype && declared.unit !== "none");
        if (plain) return { ...value, type: { ...declared, signed } };
        if (type.unit === "pages" && declared.unit === "bytes") return pagesToBytes(value, context);
        if (declared.unit === "none") break;
      }
      if (declared.unit === "none" && ["enum", "flags", "bool", "address", "symbol"].includes(type.kind))
        return { ...value, type: declared };
      break;
    case "bool":
      if (type.kind === "bool") return value;
      if (plain) return compare("!=", value, integer(0n, type), context, span, [span, span]);
      break;
    case "string":
      if (type.kind === "string" && (isInet(type) || !isInet(declared))) {
        if (isInet(type) === isInet(declared)) return value;
        return fail(context, span, "field-type", "this is an IP address", "declare the field `inet`");
      }
      break;
    case "address":
    case "symbol":
      if (plain || type.kind === "address" || type.kind === "symbol") return { ...value, type: declared };
      break;
    case "enum":
    case "flags":
      if (plain || type.kind === "enum" || type.kind === "flags") return { ...value, type: declared };
      break;
    case "stack":
      if (type.kind === "stack" && type.space === declared.space) return value;
      break;
    case "bounds":
    case "c":
    case "histogram":
    case "stats":
      break;
  }
  return fail(
    context,
    span,
    "field-type",
    `the field is declared \`${typeName(declared)}\`, and this is ${describeType(type)}`,
    declared === BOOL ? "compare it with something" : undefined,
  );
}
