/** Expressions over the open entries of a span, which the program walks itself: as Python. */
import type { Typed } from "../../../semantics/typed.js";
import type { Type } from "../../../semantics/types/types.js";
import type { Glob } from "../../../semantics/expression/glob.js";
import { BackendError } from "../../error.js";
import { pythonString } from "../quoting.js";

/** `fieldOf`: what reads a field of an entry. The time is known as `now`. */
export function pythonExpression(value: Typed, fieldOf: (name: string, type: Type) => string): string {
  const go = (v: Typed): string => pythonExpression(v, fieldOf);
  const signed = isSigned(value) ? "True" : "False";
  switch (value.op) {
    case "integer":
      return value.value < 0n ? `(${value.value})` : `${value.value}`;
    case "string":
      return pythonString(value.value);
    case "local":
      return value.name;
    case "state":
      return fieldOf(value.field, value.type);
    case "arithmetic": {
      const [a, b] = [go(value.left), go(value.right)];
      switch (value.operator) {
        case "/":
          return `divided(${a}, ${b})`;
        case "%":
          return `remainder(${a}, ${b})`;
        case "<<":
        case ">>":
          return `wrapped(${a} ${value.operator} (${b} & 63), ${signed})`;
        default:
          return `wrapped(${a} ${value.operator} ${b}, ${signed})`;
      }
    }
    case "negate":
      return `wrapped(-${go(value.operand)}, ${signed})`;
    case "complement":
      return `wrapped(~${go(value.operand)}, ${signed})`;
    case "not":
      return `(not ${go(value.operand)})`;
    case "compare":
      return `(${go(value.left)} ${value.operator} ${go(value.right)})`;
    case "logic":
      return `(${value.operands.map(go).join(` ${value.operator} `)})`;
    case "glob":
      return `(re.fullmatch(${pythonString(regularExpression(value.glob))}, ${go(value.subject)}, re.S) is not None)`;
    case "hasBits":
      return `(${go(value.subject)} & 0x${value.mask.toString(16)} == 0x${value.mask.toString(16)})`;
    case "choose":
      return `(${go(value.then)} if ${go(value.condition)} else ${go(value.otherwise)})`;
    default:
      throw new BackendError("BCC cannot calculate this from an open span");
  }
}

function isSigned({ type }: Typed): boolean {
  return (type.kind === "number" || type.kind === "enum") && type.signed;
}

/** Of decoded text, so that `?` is one character. */
function regularExpression(glob: Glob): string {
  const pieces = glob.pieces.map((piece) => {
    let out = "";
    let bytes: number[] = [];
    const flush = (): void => {
      out += new TextDecoder().decode(new Uint8Array(bytes)).replace(/[^A-Za-z0-9_]/gu, (c) => `\\${c}`);
      bytes = [];
    };
    for (const byte of piece) {
      if (byte.kind === "byte") {
        bytes.push(byte.value);
        continue;
      }
      flush();
      if (byte.kind === "any") out += ".";
      else {
        const code = (n: number): string => `\\x${n.toString(16).padStart(2, "0")}`;
        const ranges = byte.ranges.map(([low, high]) => `${code(low)}-${code(high)}`).join("");
        out += `[${byte.negated ? "^" : ""}${ranges}]`;
      }
    }
    flush();
    return out;
  });
  return pieces.join(".*");
}
