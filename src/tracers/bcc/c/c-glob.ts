/**
 * Glob patterns as tests on bytes in the kernel. A whole text and a beginning are compared where they are;
 * for all else a function of its own reads the few bytes it needs, or searches the text.
 */
import type { Glob, GlobByte } from "../../../semantics/expression/glob.js";
import { matchesGlob } from "../../../semantics/expression/glob.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import type { Typed } from "../../../semantics/typed.js";
import { BackendError } from "../../error.js";
import { group, write } from "./c-expression.js";
import { textSize } from "../layout/fields.js";
import { isUserMemory } from "./read-memory.js";
import { identifier } from "../names.js";
import { cComment, indented } from "../quoting.js";
import { isProbe, loadText } from "./text-value.js";
import type { Writer } from "./function-writer.js";
import { append } from "../../../lists.js";

type Piece = readonly GlobByte[];

/** NAME_MAX, the longest a directory entry's name can be. */
const LONGEST_NAME = 255;

export function globTest({ subject, glob }: Typed & { op: "glob" }, writer: Writer): string {
  const { pieces } = glob;
  // "*" fits everything.
  if (pieces.length > 1 && pieces.every((p) => p.length === 0)) return "1";
  if (isProbe(subject)) {
    if (writer.probeNumber !== "")
      throw new BackendError("BCC finds the probes of a wildcard when it runs, so `probe` cannot be tested");
    return matchesGlob(glob, pointText(writer.point)) ? "1" : "0";
  }
  const [first = [], last] = pieces;
  const isSized = subject.op === "text" && subject.length !== undefined;
  if (!isSized && pieces.length <= 2 && (last?.length ?? 0) === 0)
    return beginning(first, last === undefined, subject, writer);
  const name = patternFunction(glob, writer);
  if (isSized && subject.length && !isUserMemory(subject.pointer, writer))
    return `${name}((void *)${group(write(subject.pointer, writer))}, ${write(subject.length, writer)})`;
  const text = loadText(subject, writer);
  writer.program.use("text_length");
  return `${name}(${text}, text_length(${text}, sizeof(${text})))`;
}

/** Whether a text is this one. */
export function textEquals(text: Typed, literal: string, writer: Writer): string {
  const bytes = [...new TextEncoder().encode(literal)];
  return beginning(
    bytes.map((value) => ({ kind: "byte", value })),
    true,
    text,
    writer,
  );
}

/** The bytes of a NUL-terminated text one by one; `whole`: and nothing after them. */
function beginning(piece: Piece, whole: boolean, subject: Typed, writer: Writer): string {
  const size = textSize(subject);
  if (piece.length > size - 1) return "0";
  const text = loadText(subject, writer);
  const tests = piece.map((byte, i) => byteTest(byte, `${text}[${i}]`) ?? `${text}[${i}]`);
  if (whole) tests.push(`!${text}[${piece.length}]`);
  return tests.join(" && ");
}

/** In C; undefined for any byte. A class that is negated does not mean the end of the text. */
function byteTest(byte: GlobByte, read: string): string | undefined {
  if (byte.kind === "any") return undefined;
  if (byte.kind === "byte") return `${read} == ${character(byte.value)}`;
  const within = byte.ranges
    .map(([low, high]) =>
      low === high
        ? `${read} == ${character(low)}`
        : `(${read} >= ${character(low)} && ${read} <= ${character(high)})`,
    )
    .join(" || ");
  return byte.negated ? `(${read} && !(${within}))` : `(${within})`;
}

/** As a character where it is plain; bytes from 0x80 up are negative in `char`. */
function character(byte: number): string {
  const isPlain = byte >= 0x20 && byte < 0x7f && ![0x22, 0x27, 0x3f, 0x5c].includes(byte);
  return isPlain ? `'${String.fromCharCode(byte)}'` : byte < 0x80 ? `${byte}` : `(char)${byte}`;
}

function patternFunction(glob: Glob, writer: Writer): string {
  const { patterns, names } = writer.program;
  const known = patterns.get(glob.text);
  if (known) return known.name;
  const name = names.take(`fits_${identifier(glob.text, "pattern")}`);
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
    `/* Whether a text fits ${cComment(JSON.stringify(text))}. */`,
    `static __always_inline int ${name}(const char *bytes, u32 length)`,
    "{",
    ...indented(lines),
    "}",
  ].join("\n");
}

/** What stands at an end of the text. */
function endTest(piece: Piece, variable: string, from: string): string[] {
  const tests = piece.flatMap((byte, i) => byteTest(byte, `${variable}[${i}]`) ?? []);
  if (tests.length === 0) return [];
  return [
    `char ${variable}[${piece.length}] = {};`,
    `bpf_probe_read_kernel(&${variable}, sizeof(${variable}), ${from});`,
    `if (!(${tests.join(" && ")}))`,
    "    return 0;",
  ];
}

/** Each piece where it first fits after the one before: that is enough, since stars between them take the rest. */
function searches(middle: readonly Piece[], start: number, tail: number): string[] {
  if (middle.length === 0) return [];
  const lines = [
    "int none = 0;",
    "struct search *search = searches.lookup(&none);",
    "if (!search)",
    "    return 0;",
    `length = length > ${LONGEST_NAME} ? ${LONGEST_NAME} : length;`,
    "bpf_probe_read_kernel(&search->bytes, length, bytes);",
    // Kept in memory, so that the kernel's verifier need not follow each value they can have.
    `search->from = ${start};`,
    "search->found = 0;",
  ];
  middle.forEach((piece, k) => {
    // Without a jump for each byte: the verifier follows every way through every round.
    const misfits = [
      `(search->found ^ ${k})`,
      "((s64)i - search->from) >> 63",
      ...piece.flatMap((byte, j) => misfit(byte, `search->bytes[i${j === 0 ? "" : ` + ${j}`}]`) ?? []),
    ];
    append(lines, [
      "#pragma clang loop unroll(disable)",
      `for (u32 i = 0; i < ${LONGEST_NAME}; i++) {`,
      // Or the compiler makes one bound of the two, which the verifier cannot follow.
      '    asm volatile("" : "+r"(length));',
      `    if (i + ${piece.length + tail} > length)`,
      "        break;",
      `    u64 misfit = ${misfits[0] ?? "0"};`,
      ...misfits.slice(1).map((each) => `    misfit |= ${each};`),
      "    if (!misfit) {",
      `        search->found = ${k + 1};`,
      `        search->from = i + ${piece.length};`,
      "    }",
      "}",
    ]);
  });
  lines.push(`if (search->found != ${middle.length})`, "    return 0;");
  return lines;
}

/** Zero where the byte fits, by arithmetic alone; undefined for any byte. */
function misfit(byte: GlobByte, read: string): string | undefined {
  if (byte.kind === "any") return undefined;
  if (byte.kind === "byte") return `(${read} ^ ${byte.value})`;
  // Below or above a range, one of the two differences is negative.
  const outside = byte.ranges
    .map(([low, high]) => `(((s64)${read} - ${low}) | (${high} - (s64)${read})) >> 63`)
    .map((each) => `(${each})`)
    .join(" & ");
  return byte.negated ? `(~(${outside}) & 1)` : `(${outside})`;
}
