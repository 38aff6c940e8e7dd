/**
 * Writes glob patterns as tests of bytes in the kernel. A whole text and a prefix are compared in place; for other
 * patterns a function reads the few bytes it needs, or searches the text.
 */
import type { Glob, GlobByte } from "../../../semantics/expression/glob.js";
import { matchesGlob } from "../../../semantics/expression/glob.js";
import { structureOf } from "../../../plan/same.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { bytesOfText, quoteText } from "../../../types/text.js";
import { byteTest } from "../../byte-test.js";
import { atom, c, type Code, type Test } from "../../code.js";
import { constant, isProbe, isTrue } from "./c-types.js";
import { textSize } from "../layout/fields.js";
import { identifier } from "../names.js";
import { cComment, indented } from "../quoting.js";
import type { FunctionWriter } from "./function-writer.js";
import { isBounded, LONGEST_TEXT, undecided, type LongText } from "./text-limits.js";
import { append } from "../../../lists.js";

type Piece = readonly GlobByte[];

/** NAME_MAX, the maximum length of a directory entry's name. */
const LONGEST_NAME = 255;
/** Of a search, between two looks at whether the text has ended. */
const ROUNDS = 32;

/** The text that is tested. */
export interface GlobSubject {
  /** Its place in kernel memory, if its length is stored beside it; written when asked for. */
  readonly sized: (() => { readonly pointer: Code; readonly length: Code }) | undefined;
  /** A variable that holds it, loaded when asked for. */
  readonly text: () => string;
  /** The same with its length, of a text whose end must be searched for. */
  readonly long: (() => LongText) | undefined;
}

export function globTest(
  value: Typed & { op: "glob" },
  { sized, text, long }: GlobSubject,
  writer: FunctionWriter,
): Test {
  const { subject, glob } = value;
  const { pieces } = glob;
  // "*" matches everything.
  if (pieces.length > 1 && pieces.every((p) => p.length === 0)) return constant(true);
  if (isProbe(subject)) {
    if (writer.probeNumber !== "")
      throw new BackendError("BCC finds the probes of a wildcard when it runs, so `probe` cannot be tested");
    return constant(matchesGlob(glob, pointText(writer.point)));
  }
  const [first = [], last] = pieces;
  const isSized = subject.op === "text" && subject.length !== undefined;
  const isKept = first.length < textSize(subject) - 1;
  const isPrefix = pieces.length <= 2 && (last?.length ?? 0) === 0;
  if (isPrefix && !isKept && !long && !isBounded(subject))
    throw new BackendError(
      `the text ${quoteText(glob.text.slice(0, 20))}… is longer than the ${textSize(subject) - 1} bytes that BCC keeps of what it is compared with`,
    );
  if (!isSized && (isKept || !long) && isPrefix)
    return beginning(first, last === undefined, textSize(subject), text);
  const name = patternFunction(glob, writer);
  if (sized) {
    const { pointer, length } = sized();
    return isTrue(c.call(name, c.cast("void *", pointer), length));
  }
  if (long) {
    const { place, length } = long();
    const call = c.call(name, atom(place), atom(length));
    // One that is cut is longer than any exact pattern.
    if (pieces.length === 1) return isTrue(call);
    return undecided(
      identity(value),
      "matched",
      call,
      doubts(glob, place, `${length} > ${LONGEST_TEXT}`),
      writer,
    );
  }
  const loaded = atom(text());
  writer.program.use("text_length");
  const call = c.call(name, loaded, c.call("text_length", loaded, c.call("sizeof", loaded)));
  if (isBounded(subject)) return isTrue(call);
  return undecided(
    identity(value),
    "matched",
    call,
    doubts(glob, loaded.text, `${loaded.text}[${textSize(subject) - 2}]`),
    writer,
  );
}

function identity({ subject, glob }: Typed & { op: "glob" }): string {
  return `match ${structureOf([subject, glob])}`;
}

/** When it is not known whether a text matches: it is cut, it begins as it must, and what fits is not found already. */
function doubts({ pieces }: Glob, place: string, isCut: string): (matched: string) => readonly string[] {
  const [first = []] = pieces;
  const isOpen = pieces.at(-1)?.length === 0;
  const begins = first.length === 0 ? [] : [beginning(first, false, Infinity, () => place).holds.text];
  return (matched) => [...(isOpen ? [`!${matched}`] : []), isCut, ...begins];
}

/** Whether a text equals a literal; `size` is the number of bytes that are kept of it. */
export function textEquals(literal: string, size: number, text: () => string): Test {
  const bytes = [...bytesOfText(literal)];
  return beginning(
    bytes.map((value) => ({ kind: "byte", value })),
    true,
    size,
    text,
  );
}

/** Compares the bytes of a NUL-terminated text; `whole` means that nothing may follow them. */
function beginning(piece: Piece, whole: boolean, size: number, load: () => string): Test {
  if (piece.length > size - 1) return constant(false);
  const text = load();
  const byteAt = (i: number): Code => byteOf(text, i, piece.length);
  const tests = piece.map((byte, i) => placeTest(byte, byteAt(i)) ?? isTrue(byteAt(i)));
  if (whole) tests.push(c.opposite(isTrue(byteAt(piece.length))));
  return c.all(tests);
}

/**
 * Some compilers make numbers of all comparisons before they jump once, and the kernel's verifier follows each of them
 * both ways: a million paths for twenty bytes. What is volatile is read only if those before it are equal.
 */
const COMPARED_AT_ONCE = 8;
/** So many the verifier follows easily. */
const FEW_BYTES = 12;

function byteOf(text: string, i: number, length: number): Code {
  const waits = length > FEW_BYTES && i > 0 && i % COMPARED_AT_ONCE === 0;
  return c.index(waits ? c.cast("volatile char *", atom(text)) : atom(text), atom(i));
}

/** Undefined if any byte matches. A negated class does not match the end of the text. */
function placeTest(byte: GlobByte, read: Code): Test | undefined {
  const tested = byteTest(byte, read, character);
  return tested && byte.kind === "class" && byte.negated ? c.all([isTrue(read), tested]) : tested;
}

/** A character literal if printable; bytes from 0x80 are negative as `char`. */
function character(byte: number): Code {
  const isPlain = byte >= 0x20 && byte < 0x7f && ![0x22, 0x27, 0x3f, 0x5c].includes(byte);
  if (isPlain) return atom(`'${String.fromCharCode(byte)}'`);
  return byte < 0x80 ? atom(byte) : c.cast("char", atom(byte));
}

function patternFunction(glob: Glob, writer: FunctionWriter): string {
  const { patterns, names } = writer.program;
  const known = patterns.get(glob.text);
  if (known) return known.name;
  const name = names.take(`matches_${identifier(glob.text, "pattern")}`);
  if (glob.pieces.length > 2) writer.program.use("search");
  patterns.set(glob.text, { name, text: functionText(name, glob) });
  return name;
}

function functionText(name: string, { text, pieces }: Glob): string {
  const [first = []] = pieces;
  const last = pieces.length > 1 ? (pieces.at(-1) ?? []) : [];
  const least = pieces.reduce((n, p) => n + p.length, 0);
  const lines = [
    pieces.length === 1 ? `if (length != ${first.length})` : `if (length < ${least})`,
    "    return 0;",
    ...endTest(first, "head", "bytes"),
    ...endTest(last, "tail", `bytes + length - ${last.length}`),
    ...searches(pieces.slice(1, -1), first.length, last.length),
    "return 1;",
  ];
  return [
    `/* Whether a string matches ${cComment(quoteText(text))}. */`,
    `static __always_inline int ${name}(const char *bytes, u32 length)`,
    "{",
    ...indented(lines),
    "}",
  ].join("\n");
}

/** A piece at an end of the text. */
function endTest(piece: Piece, variable: string, from: string): string[] {
  const tests = piece.flatMap((byte, i) => placeTest(byte, byteOf(variable, i, piece.length)) ?? []);
  if (tests.length === 0) return [];
  return [
    `char ${variable}[${piece.length}] = {};`,
    `bpf_probe_read_kernel(&${variable}, sizeof(${variable}), ${from});`,
    `if (${c.all(tests).fails.text})`,
    "    return 0;",
  ];
}

/** Finds each piece at its first match after the previous one. That is enough, because the stars between match the rest. */
function searches(middle: readonly Piece[], start: number, tail: number): string[] {
  if (middle.length === 0) return [];
  const lines = [
    "int none = 0;",
    "struct search *search = searches.lookup(&none);",
    "if (!search)",
    "    return 0;",
    `length = length > ${LONGEST_NAME} ? ${LONGEST_NAME} : length;`,
    "bpf_probe_read_kernel(&search->bytes, length, bytes);",
    // Kept in memory, so that the kernel's verifier need not follow each value they can have: of a length in a
    // register it would learn something in each round, and follow what comes after the loop once for each.
    "search->length = length;",
    `search->from = ${start};`,
    "search->found = 0;",
  ];
  middle.forEach((piece, k) => {
    // No jump for each byte: the verifier follows every path through every round.
    const search = atom("search");
    const member = (name: string): Code => c.member(search, "->", name);
    const i = atom("i");
    const misfits = [
      c.binary(">>", c.binary("-", c.cast("s64", i), member("from")), atom(63)),
      ...piece.flatMap((byte, j) => {
        const at = j === 0 ? i : c.binary("+", i, atom(j));
        return misfit(byte, c.index(member("bytes"), at)) ?? [];
      }),
    ];
    append(lines, [
      // A jump in each round of one loop would be more of them than the verifier keeps in mind.
      "#pragma clang loop unroll(disable)",
      `for (u32 start = 0; start < ${LONGEST_NAME}; start += ${ROUNDS}) {`,
      "    if (start >= search->length)",
      "        break;",
      "#pragma clang loop unroll(disable)",
      `    for (u32 i = start; i < start + ${ROUNDS}; i++) {`,
      `        u64 misfit = (search->length - (i + ${piece.length + tail})) >> 63;`,
      `        misfit |= ${c.binary("^", member("found"), atom(k)).text};`,
      ...misfits.map(({ text }) => `        misfit |= ${text};`),
      // The compiler would make a jump of what it sees through.
      "        s64 missed = misfit | -misfit;",
      '        asm volatile("%0 s>>= 63" : "+r"(missed));',
      "        search->found += 1 + missed;",
      `        search->from += (i + ${piece.length} - search->from) & ~missed;`,
      "    }",
      "}",
    ]);
  });
  lines.push(`if (search->found != ${middle.length})`, "    return 0;");
  return lines;
}

/** An expression that is 0 if the byte matches, without jumps; undefined if any byte matches. */
function misfit(byte: GlobByte, read: Code): Code | undefined {
  if (byte.kind === "any") return undefined;
  if (byte.kind === "byte") return c.binary("^", read, atom(byte.value));
  const wide = c.cast("s64", read);
  // Below or above a range, one of the two differences is negative.
  const outside = byte.ranges
    .map(([low, high]) =>
      c.binary(
        ">>",
        c.binary("|", c.binary("-", wide, atom(low)), c.binary("-", atom(high), wide)),
        atom(63),
      ),
    )
    .reduce((all, each) => c.binary("&", all, each));
  return byte.negated ? c.binary("&", c.prefix("~", outside), atom(1)) : outside;
}
