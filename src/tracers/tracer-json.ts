/**
 * Parses JSON as bpftrace writes it. `JSON.parse` would round addresses to 53 bits, drop repeated keys, and
 * reject the control characters and incomplete escapes that some versions print.
 */
import { unescapeBytes } from "../results/bytes.js";
import { fit } from "../integers.js";

/** Strings are byte strings, as in `bytes.ts`. Members keep their order, and names may repeat. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

export class JsonObject {
  /** A map may have a million members: two lists take a third of the memory that pairs would. */
  constructor(
    readonly names: readonly string[],
    readonly values: readonly Json[],
  ) {}

  get(name: string): Json | undefined {
    const at = this.names.indexOf(name);
    return at === -1 ? undefined : this.values[at];
  }

  get members(): readonly (readonly [name: string, value: Json])[] {
    return this.names.map((name, i) => [name, this.values[i] as Json]);
  }
}

export class JsonError extends Error {}

const [SPACE, QUOTE, BACKSLASH, COLON, COMMA, ZERO, NINE] = [0x20, 0x22, 0x5c, 0x3a, 0x2c, 0x30, 0x39];
/** A number of so many digits is exact. */
const PLAIN_DIGITS = 15;

/** Deeper than bpftrace ever nests; a hostile line must not overflow the stack. */
const MAX_DEPTH = 32;

/** Numbers that are not printed by the JSON code: these in the data of a message, and the count of a bucket. */
const RAW_DATA: ReadonlySet<string> = new Set(["events", "probes"]);

const HEXADECIMAL = /[0-9a-f]{1,16}(?![\w.])/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * State that persists between lines. From 0.24 on, bpftrace does not switch its output back from
 * hexadecimal after an escaped character, so numbers that are not printed by its JSON code (the counts
 * of histograms and of lost events) remain hexadecimal from then on.
 */
export interface StreamState {
  /** Whether this version is affected. */
  readonly forgetsHex: boolean;
  hex: boolean;
}

/** `line` is a byte string. Throws a `JsonError`. */
export function parseJson(line: string, state: StreamState = { forgetsHex: false, hex: false }): Json {
  try {
    return new Parser(line, state).document();
  } catch (error) {
    if (state.forgetsHex && CHARACTER_CODE.test(line)) state.hex = true;
    throw error;
  }
}

/** A numeric escape; a preceding backslash would itself be escaped. */
const CHARACTER_CODE = /(?<!\\)(?:\\\\)*\\u/;

class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly state: StreamState,
  ) {}

  document(): Json {
    const value = this.value(0, false);
    this.space();
    if (this.at < this.text.length) throw new JsonError("more text after its end");
    return value;
  }

  private value(depth: number, inArray: boolean): Json {
    if (depth > MAX_DEPTH) throw new JsonError("nested too deep");
    this.space();
    switch (this.text[this.at]) {
      case undefined:
        throw new JsonError("it stops in the middle");
      case '"':
        return this.string();
      case "[":
        return this.array(depth);
      case "{":
        return this.object(depth, inArray);
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private array(depth: number): Json {
    const items: Json[] = [];
    this.at++;
    if (this.take("]")) return items;
    do items.push(this.value(depth + 1, true));
    while (this.take(","));
    this.expect("]");
    return items;
  }

  private object(depth: number, inArray: boolean): JsonObject {
    const names: string[] = [];
    const values: Json[] = [];
    this.at++;
    if (this.take("}")) return new JsonObject(names, values);
    do {
      // Here no number is printed in another base.
      if (depth > 1 && !inArray) this.plainMembers(names, values);
      this.space();
      if (this.text[this.at] !== '"') throw new JsonError("a name is missing");
      const name = this.string();
      this.expect(":");
      const isRaw = inArray || depth === 0 ? name === "count" : depth === 1 && RAW_DATA.has(name);
      names.push(name);
      values.push(isRaw && this.state.hex ? this.hexadecimal() : this.value(depth + 1, false));
    } while (this.take(","));
    this.expect("}");
    return new JsonObject(names, values);
  }

  /**
   * The short way for the members that come by the million: a name without escapes and a number of few digits, as
   * `"NAME": 12, `. It stops before the first that is anything else, or the last.
   */
  private plainMembers(names: string[], values: Json[]): void {
    const { text } = this;
    let start = this.at;
    for (;;) {
      let at = start;
      if (text.charCodeAt(at) === SPACE) at++;
      if (text.charCodeAt(at) !== QUOTE) break;
      const nameStart = ++at;
      let code = text.charCodeAt(at);
      while (code !== QUOTE && code !== BACKSLASH && code === code) code = text.charCodeAt(++at);
      if (code !== QUOTE || text.charCodeAt(at + 1) !== COLON || text.charCodeAt(at + 2) !== SPACE) break;
      const nameEnd = at;
      at += 3;
      const digits = at;
      let number = 0;
      for (code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(++at))
        number = number * 10 + code - ZERO;
      if (at === digits || at - digits > PLAIN_DIGITS || code !== COMMA) break;
      names.push(text.slice(nameStart, nameEnd));
      values.push(number);
      start = at + 1;
    }
    this.at = start;
  }

  private string(): string {
    const start = this.at + 1;
    let end = this.text.indexOf('"', start);
    for (; end !== -1; end = this.text.indexOf('"', end + 1)) {
      let backslashes = 0;
      while (this.text[end - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 === 0) break;
    }
    if (end === -1) throw new JsonError("a string has no end");
    this.at = end + 1;
    const body = this.text.slice(start, end);
    if (this.state.forgetsHex && !this.state.hex) this.state.hex = CHARACTER_CODE.test(body);
    return unescapeBytes(body);
  }

  private hexadecimal(): number | bigint {
    this.space();
    HEXADECIMAL.lastIndex = this.at;
    const found = HEXADECIMAL.exec(this.text)?.[0];
    if (found === undefined) throw new JsonError("something that is not a count");
    this.at += found.length;
    return fit(BigInt(`0x${found}`));
  }

  private number(): number | bigint {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0];
    if (found === undefined) throw new JsonError("something that is not a value");
    this.at += found.length;
    const number = /^-?\d+$/.test(found) ? integerOf(found) : Number(found);
    if (typeof number === "number" && !Number.isFinite(number))
      throw new JsonError("a number that is too large");
    return number;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new JsonError("something that is not a value");
    this.at += word.length;
    return value;
  }

  private space(): void {
    for (let c = this.text[this.at]; c === " " || c === "\t" || c === "\r"; c = this.text[this.at]) this.at++;
  }

  private take(character: string): boolean {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character))
      throw new JsonError(
        this.at < this.text.length ? `\`${character}\` is missing` : "it stops in the middle",
      );
  }
}

/** A signed 64-bit integer. */
const MOST_DIGITS = 21;
const TOO_LARGE = 2n ** 80n;

/** `digits` is a decimal integer; one with too many digits is out of range. */
export function integerOf(digits: string): number | bigint {
  if (digits.length > MOST_DIGITS) return TOO_LARGE;
  return digits.length < 16 ? Number(digits) : fit(BigInt(digits));
}
