/**
 * Evaluates constant C expressions, as the preprocessor leaves them in a `print fmt`:
 * numbers with suffixes, casts, shifts, masks, `BIT(n)`, names of enumerators.
 */

/** Returns the value of a name, if it is known. */
export type Resolve = (name: string) => bigint | undefined;

/** The limit on nesting; no kernel macro reaches it. */
const deepest = 200;
/** The limit on shifts: a wider one is an error in C, and with a `bigint` would exhaust the memory. */
const widestShift = 63n;

const typeWords =
  /^(?:const|volatile|unsigned|signed|long|short|int|char|bool|_Bool|void|struct|union|enum|__force|_*[a-z]\w*_t|[us](?:8|16|32|64)|__[usbl]e?(?:8|16|32|64))$/;

const token =
  /\s*(0[xX][0-9a-fA-F]+[uUlL]*|[0-9]+[uUlL]*|[A-Za-z_]\w*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>()?:,])/y;

/** The precedence of each operator; a higher number binds more tightly. */
const precedence: ReadonlyMap<string, number> = new Map(
  [
    ["||"],
    ["&&"],
    ["|"],
    ["^"],
    ["&"],
    ["==", "!="],
    ["<", ">", "<=", ">="],
    ["<<", ">>"],
    ["+", "-"],
    ["*", "/", "%"],
  ].flatMap((operators, level) => operators.map((operator) => [operator, level] as const)),
);

class Unknown extends Error {}

/** Returns an expression's value; undefined if it is not constant, or is C that is not supported. */
export function evaluate(text: string, resolve: Resolve = () => undefined): bigint | undefined {
  try {
    const reader = new Reader(text, resolve);
    const value = reader.conditional(0);
    return reader.ended ? value : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Reader {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(
    text: string,
    private readonly resolve: Resolve,
  ) {
    token.lastIndex = 0;
    let end = 0;
    for (let match = token.exec(text); match !== null; match = token.exec(text)) {
      this.tokens.push(match[1] as string);
      end = token.lastIndex;
    }
    if (text.slice(end).trim() !== "") throw new Unknown();
  }

  get ended(): boolean {
    return this.at === this.tokens.length;
  }

  conditional(depth: number): bigint {
    if (depth > deepest) throw new Unknown();
    const condition = this.binary(0, depth);
    if (!this.take("?")) return condition;
    const yes = this.conditional(depth + 1);
    if (!this.take(":")) throw new Unknown();
    const no = this.conditional(depth + 1);
    return condition !== 0n ? yes : no;
  }

  /** Parses operators that bind at least as tightly as `lowest`. */
  private binary(lowest: number, depth: number): bigint {
    let left = this.unary(depth);
    for (;;) {
      const operator = this.tokens[this.at] ?? "";
      const level = precedence.get(operator) ?? -1;
      if (level < lowest) return left;
      this.at++;
      left = apply(operator, left, this.binary(level + 1, depth));
    }
  }

  private unary(depth: number): bigint {
    if (depth > deepest) throw new Unknown();
    if (this.take("-")) return -this.unary(depth + 1);
    if (this.take("+")) return this.unary(depth + 1);
    if (this.take("~")) return ~this.unary(depth + 1);
    if (this.take("!")) return this.unary(depth + 1) === 0n ? 1n : 0n;
    if (this.take("(")) {
      const cast = this.cast();
      if (cast !== undefined) return cast(this.unary(depth + 1));
      return this.closed(this.conditional(depth + 1));
    }
    const word = this.tokens[this.at++];
    if (word === undefined) throw new Unknown();
    if (/^[0-9]/.test(word)) return number(word);
    if (/^(?:BIT|BIT_ULL|_BITUL|_BITULL)$/.test(word) && this.take("("))
      return apply("<<", 1n, this.closed(this.conditional(depth + 1)));
    const value = /^[A-Za-z_]/.test(word) ? this.resolve(word) : undefined;
    if (value === undefined) throw new Unknown();
    return value;
  }

  /** Parses, after a `(`, a type and `)` if they follow. The cast truncates the value to the type's width, if known. */
  private cast(): ((value: bigint) => bigint) | undefined {
    let end = this.at;
    while (typeWords.test(this.tokens[end] ?? "")) end++;
    // The tag of a struct or enum may be any word.
    if (/^(?:struct|union|enum)$/.test(this.tokens[end - 1] ?? "")) end++;
    if (end === this.at) return undefined;
    const type = this.tokens.slice(this.at, end).join(" ");
    while (this.tokens[end] === "*") end++;
    if (this.tokens[end] !== ")") return undefined;
    this.at = end + 1;
    return (value) => cut(value, type);
  }

  private closed(value: bigint): bigint {
    if (!this.take(")")) throw new Unknown();
    return value;
  }

  private take(text: string): boolean {
    if (this.tokens[this.at] !== text) return false;
    this.at++;
    return true;
  }
}

function cut(value: bigint, type: string): bigint {
  if (/^(?:unsigned|unsigned int|u32|__u32|gfp_t)$/.test(type)) return BigInt.asUintN(32, value);
  if (/^(?:unsigned long|unsigned long long|long unsigned int|u64|__u64|size_t)$/.test(type))
    return BigInt.asUintN(64, value);
  if (/^(?:int|s32|__s32)$/.test(type)) return BigInt.asIntN(32, value);
  return value;
}

function number(text: string): bigint {
  const digits = text.replace(/[uUlL]+$/, "");
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  if (/^0[0-9]+$/.test(digits)) throw new Unknown();
  return BigInt.asUintN(64, BigInt(digits));
}

function apply(operator: string, a: bigint, b: bigint): bigint {
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  switch (operator) {
    case "||":
      return truth(a !== 0n || b !== 0n);
    case "&&":
      return truth(a !== 0n && b !== 0n);
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "&":
      return a & b;
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "<<":
    case ">>":
      if (b < 0n || b > widestShift) throw new Unknown();
      return operator === "<<" ? wrapped(a << b) : a >> b;
    case "+":
      return wrapped(a + b);
    case "-":
      return wrapped(a - b);
    case "*":
      return wrapped(a * b);
    default:
      if (b === 0n) throw new Unknown();
      return operator === "/" ? a / b : a % b;
  }
}

/** Limits a value to the width of the kernel's widest integers. */
function wrapped(value: bigint): bigint {
  return value < 0n ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
}
