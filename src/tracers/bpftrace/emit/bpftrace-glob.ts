/**
 * Glob patterns as tests on bytes in the kernel. A prefix, a suffix and an exact text are a few byte reads;
 * a piece between two stars is searched for.
 */
import type { GlobByte } from "../../../semantics/expression/glob.js";
import type { Typed } from "../../../semantics/typed.js";
import { textOfBytes } from "../../../types/text.js";
import { byteTest } from "../../byte-test.js";
import { atom, c, type Code, type Test } from "../../code.js";
import { BackendError } from "../../error.js";
import { eventTextPlace } from "./args-place.js";
import type { ProbeWriter } from "./probe-writer.js";
import { quote } from "./quoting.js";
import { byteAt, scanTest, type PlaceInText } from "./scan-text.js";

/** NAME_MAX, the longest a directory entry's name can be, and the longest text that is compared whole. */
const LONGEST = 255;
/** bpftrace itself compares what it keeps of a text, which may be cut at this many bytes. */
const LONGEST_KEPT = 63;

interface Bytes {
  /** A variable that points to the first byte. */
  readonly pointer: string;
  readonly length: string;
  readonly most: number;
}

export function globTest(value: Typed & { op: "glob" }, writer: ProbeWriter): Test {
  const { subject, glob } = value;
  // "*" fits everything.
  if (glob.pieces.length > 1 && glob.pieces.every((p) => p.length === 0))
    return c.compare("==", atom(1), atom(1));
  const short = shortcut(value, writer);
  if (short) return short;
  if (subject.op === "text" && subject.length)
    return bytesTest(glob.pieces, sizedBytes(subject.pointer, subject.length, writer), writer);
  return scanTest(glob.pieces, placeOf(value, writer), writer);
}

/** An exact text or a prefix, where bpftrace compares strings itself. */
function shortcut(value: Typed & { op: "glob" }, writer: ProbeWriter): Test | undefined {
  const { subject, glob } = value;
  const [first = [], last] = glob.pieces;
  if (glob.pieces.length > 2 || (last && last.length > 0)) return undefined;
  const plain = first.every((b) => b.kind === "byte") ? bytesText(first) : undefined;
  if (plain === undefined || first.length >= LONGEST_KEPT || (subject.op === "text" && subject.length))
    return undefined;
  const text = writer.write(subject);
  return last
    ? c.compare("==", c.call("strncmp", text, plain, atom(first.length)), atom(0))
    : c.compare("==", text, plain);
}

function bytesText(bytes: readonly GlobByte[]): Code {
  return atom(quote(textOfBytes(bytes.map((b) => (b.kind === "byte" ? b.value : 0)))));
}

/** Puts the address of a text and its length, which stands beside it, into variables. */
function sizedBytes(place: Typed, size: Typed, writer: ProbeWriter): Bytes {
  const pointer = writer.fresh("name");
  const length = writer.fresh("len");
  writer.prelude.push(
    `${pointer} = ${writer.write(place).text};`,
    `${length} = ${c.cast("int64", writer.write(size)).text};`,
  );
  return { pointer, length, most: LONGEST };
}

/** Puts the address of a text whose end must be searched for into a variable. */
function placeOf({ subject, memory }: Typed & { op: "glob" }, writer: ProbeWriter): PlaceInText {
  const pointer = writer.fresh("text");
  if (
    subject.op === "text" &&
    subject.pointer.type.kind === "c" &&
    subject.pointer.type.ctype.kind === "pointer"
  ) {
    const address = writer.write(subject.pointer);
    // What was kept is a number, of which bpftrace does not know whose memory it is in.
    const kept = subject.pointer.op === "state" && writer.isUserMemory(subject.pointer);
    writer.prelude.push(`${pointer} = ${c.cast("uint8 *", kept ? c.call("uptr", address) : address).text};`);
    if (writer.isUserMemory(subject.pointer))
      writer.prelude.push(`if (*${pointer} == 0) { ${writer.countUnknown("unread")} }`);
    return { pointer, room: undefined };
  }
  if (subject.op === "tracepointArgument" && subject.field.shape === "data_loc") {
    const address = c.cast("uint64", eventTextPlace(subject, writer));
    writer.prelude.push(`${pointer} = ${c.cast("uint8 *", address).text};`);
    return { pointer, room: undefined };
  }
  const place = subject.op === "text" ? subject.pointer : subject.op === "common" ? memory : undefined;
  const address = place && addressOf(place, writer);
  if (address !== undefined && place?.type.kind === "c" && place.type.ctype.kind === "array") {
    writer.prelude.push(`${pointer} = ${c.cast("uint8 *", address).text};`);
    const { length } = place.type.ctype;
    return { pointer, room: length > LONGEST ? undefined : length };
  }
  throw new BackendError(
    'bpftrace cannot look inside this text: only a whole text or a beginning ("abc*") can be tested',
  );
}

/** An array's place in memory. bpftrace takes an array of characters for a text, and gives no address of it. */
function addressOf(value: Typed, writer: ProbeWriter): Code | undefined {
  if (value.op !== "member") return undefined;
  const base = value.through ? c.cast("uint64", writer.write(value.object)) : addressOf(value.object, writer);
  return base && c.binary("+", base, atom(value.offset));
}

function bytesTest(pieces: readonly (readonly GlobByte[])[], bytes: Bytes, writer: ProbeWriter): Test {
  const [first = []] = pieces;
  const start = atom(bytes.pointer);
  const length = atom(bytes.length);
  const atStart = pieceTests(first, start);
  if (pieces.length === 1) return c.all([c.compare("==", length, atom(first.length)), ...atStart]);
  const last = pieces.at(-1) ?? [];
  const middle = pieces.slice(1, -1);
  const least = pieces.reduce((n, p) => n + p.length, 0);
  const atEnd = pieceTests(last, c.binary("+", start, length), -last.length);
  const tests = [c.compare(">=", length, atom(least)), ...atStart, ...atEnd];
  if (middle.length > 0) tests.push(search(middle, first.length, last.length, bytes, writer));
  return c.all(tests);
}

/** A piece against the bytes from `offset` after `place`. */
function pieceTests(piece: readonly GlobByte[], place: Code, offset = 0): Test[] {
  return piece.flatMap((b, i) => byteTest(b, byteAt(place, offset + i), atom) ?? []);
}

/** Each piece where it first fits after the one before: that is enough, since stars between them take the rest. */
function search(
  middle: readonly (readonly GlobByte[])[],
  start: number,
  tail: number,
  bytes: Bytes,
  writer: ProbeWriter,
): Test {
  const from = writer.fresh("from");
  const found = writer.fresh("found");
  writer.prelude.push(`${from} = (int64)${start};`, `${found} = (int64)0;`);
  middle.forEach((piece, k) => {
    const i = writer.fresh("at");
    const at = atom(i);
    const fits = c.all([
      c.compare("==", atom(found), atom(k)),
      c.compare(">=", at, atom(from)),
      c.compare("<=", c.binary("+", at, atom(piece.length + tail)), atom(bytes.length)),
      ...pieceTests(piece, c.binary("+", atom(bytes.pointer), at)),
    ]);
    const hit = `if (${fits.holds.text}) { ${found} = ${k + 1}; ${from} = ${i} + ${piece.length}; }`;
    if (writer.dialect.can("forRange"))
      writer.prelude.push(`for (${i} : 0..${bytes.most}) {`, `  ${hit}`, "}");
    else
      writer.prelude.push(
        `${i} = (int64)0;`,
        `while (${i} < ${bytes.most} && ${i} < ${bytes.length} && ${found} == ${k}) {`,
        `  ${hit}`,
        `  ${i} = ${i} + 1;`,
        "}",
      );
  });
  return c.compare("==", atom(found), atom(middle.length));
}
