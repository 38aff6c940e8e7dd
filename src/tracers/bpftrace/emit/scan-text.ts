/**
 * Patterns on texts whose end must be searched for: one walk over the bytes, which ends at the NUL. The kernel's verifier
 * follows each round of it, so there is one number that each round changes: a length that was measured before a search
 * would be followed once for each value that it can have.
 */
import type { GlobByte } from "../../../semantics/expression/glob.js";
import { byteTest } from "../../byte-test.js";
import { atom, c, type Code, type Test } from "../../code.js";
import { append } from "../../../lists.js";
import type { ProbeWriter } from "./probe-writer.js";

type PieceOfText = readonly GlobByte[];

/** A text is compared whole up to 255 bytes: one in which none of so many is the NUL is longer. */
const MOST = 256;

export interface PlaceInText {
  /** A variable that points to the first byte. */
  readonly pointer: string;
  /** The bytes of an array, which may have no NUL; undefined: the text ends with one, however long it is. */
  readonly room: number | undefined;
}

/** What is found: 1 where the text matches, 0 where it does not, and this where it is too long to tell. */
const UNKNOWN = 2;

export function scanTest(pieces: readonly PieceOfText[], place: PlaceInText, writer: ProbeWriter): Test {
  const start = atom(place.pointer);
  const [first = []] = pieces;
  const least = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // No text in an array can be longer than it.
  if (place.room !== undefined && least > place.room) return c.compare("==", atom(0), atom(1));
  const atStart = textTests(first, start);
  if (pieces.length === 1)
    return c.all([...atStart, ...(first.length === place.room ? [] : [isEnd(byteAt(start, first.length))])]);
  const outcome = writer.fresh("fits");
  const walk = writer.dialect.can("forRange") ? rangeWalk : whileWalk;
  const { declared, lines, cut } = walk(pieces, place, outcome, writer);
  const undecided =
    place.room === undefined
      ? [`if (${outcome} == 0 && ${cut}) { ${outcome} = ${UNKNOWN}; ${writer.countUnknown("cut")} }`]
      : [];
  const walked = within(atStart, [...lines, ...undecided]);
  append(writer.prelude, [`${outcome} = (int64)0;`, ...declared, ...walked]);
  const is = (operator: "==" | "!=", value: number): Code =>
    c.compare(operator, atom(outcome), atom(value)).holds;
  if (place.room !== undefined) return c.compare("==", atom(outcome), atom(1));
  return {
    holds: is("==", 1),
    fails: is("==", 0),
    undecided: { notHolds: is("!=", 1), notFails: is("!=", 0) },
  };
}

interface TextWalk {
  /** Variables that are there outside of any block. */
  readonly declared: readonly string[];
  readonly lines: readonly string[];
  /** Whether it came to the last byte that is looked at. */
  readonly cut: string;
}

/** `while` has an early end. Where one piece was found, the walk goes on behind it. */
function whileWalk(
  pieces: readonly PieceOfText[],
  { pointer, room }: PlaceInText,
  outcome: string,
  writer: ProbeWriter,
): TextWalk {
  const [first = []] = pieces;
  const tail = pieces.at(-1) ?? [];
  const at = writer.fresh("at");
  const here = c.binary("+", atom(pointer), atom(at));
  const goesOn = (length: number): Test[] => [
    c.compare("<", atom(at), atom((room ?? MOST) - (room === undefined ? 0 : length - 1))),
    isText(c.prefix("*", here)),
  ];
  const end = tailLines();
  const lines = pieces.slice(1, -1).reduceRight<readonly string[]>((inner, piece) => {
    const misfits = c.opposite(c.all(textTests(piece, here)));
    return [
      `while (${c.all([...goesOn(piece.length), misfits]).holds.text}) {`,
      `  ${at} = ${at} + 1;`,
      "}",
      ...within(goesOn(piece.length), [`${at} = ${at} + ${piece.length};`, ...inner]),
    ];
  }, end.lines);
  return { declared: [`${at} = (int64)${first.length};`, ...end.declared], lines, cut: `${at} >= ${MOST}` };

  /** What stands at the end must be behind all that was found: `left` counts what is missing of it. */
  function tailLines(): Pick<TextWalk, "declared" | "lines"> {
    if (tail.length === 0) return { declared: [], lines: [`${outcome} = 1;`] };
    const left = writer.fresh("left");
    const tests = [
      ...(room === undefined ? [c.compare("<", atom(at), atom(MOST))] : []),
      c.compare("==", atom(left), atom(0)),
      ...textTests(tail, here, -tail.length),
    ];
    return {
      declared: [`${left} = (int64)${tail.length};`],
      lines: [
        `while (${c.all(goesOn(1)).holds.text}) {`,
        `  ${at} = ${at} + 1;`,
        `  if (${left} > 0) { ${left} = ${left} - 1; }`,
        "}",
        ...within(tests, [`${outcome} = 1;`]),
      ],
    };
  }
}

/**
 * A range has no early end: once a NUL was met `end` no longer keeps up with it. Places are addresses, of which the
 * verifier knows nothing: numbers from 0 on it would follow through all rounds.
 */
function rangeWalk(
  pieces: readonly PieceOfText[],
  { pointer, room }: PlaceInText,
  outcome: string,
  writer: ProbeWriter,
): TextWalk {
  const [first = []] = pieces;
  const tail = pieces.at(-1) ?? [];
  const middle = pieces.slice(1, -1);
  const [start, end, length, i] = ["start", "end", "len", "i"].map((stem) => writer.fresh(stem)) as Four;
  const [from, found] = middle.length > 0 ? [writer.fresh("from"), writer.fresh("found")] : [];
  const most = room ?? MOST;
  const here = c.binary("+", atom(start), atom(i));
  const hits = middle.map((piece, k) => {
    const fits = [
      c.compare("==", atom(found ?? ""), atom(k)),
      c.compare(">=", here, atom(from ?? "")),
      ...(room === undefined ? [] : [c.compare("<=", atom(i), atom(room - piece.length))]),
      ...textTests(piece, c.binary("+", atom(pointer), atom(i))),
    ];
    return `    if (${c.all(fits).holds.text}) { ${found} = ${k + 1}; ${from} = ${here.text} + ${piece.length}; }`;
  });
  const isWhole = tail.length > 0 && room === undefined ? [c.compare("<", atom(length), atom(MOST))] : [];
  const least = c.binary(
    "+",
    from === undefined ? atom(start) : atom(from),
    atom(tail.length + (from === undefined ? first.length : 0)),
  );
  const tests = [
    ...(found === undefined ? [] : [c.compare("==", atom(found), atom(middle.length))]),
    ...isWhole,
    ...(tail.length > 0 ? [c.compare(">=", atom(end), least)] : []),
    ...textTests(tail, c.binary("+", atom(pointer), atom(length)), -tail.length),
  ];
  return {
    declared: [
      `${start} = (int64)${pointer};`,
      `${end} = ${start};`,
      `${length} = (int64)0;`,
      ...(from === undefined ? [] : [`${from} = ${start} + ${first.length};`, `${found} = (int64)0;`]),
    ],
    lines: [
      `for (${i} : 0..${most}) {`,
      `  if (${end} == ${here.text} && *(${pointer} + ${i}) != 0) {`,
      `    ${end} = ${end} + 1;`,
      ...hits,
      "  }",
      "}",
      `${length} = ${end} - ${start};`,
      ...within(tests, [`${outcome} = 1;`]),
    ],
    cut: `${length} == ${MOST}`,
  };
}

type Four = [string, string, string, string];

function within(tests: readonly Test[], lines: readonly string[]): readonly string[] {
  if (tests.length === 0) return lines;
  const condition = c.all(tests).holds.text;
  const [only, ...more] = lines;
  return more.length === 0 && only !== undefined
    ? [`if (${condition}) { ${only} }`]
    : [`if (${condition}) {`, ...lines.map((line) => `  ${line}`), "}"];
}

/** A piece against the bytes from `offset` after `place`, none of which may be the NUL. */
function textTests(piece: PieceOfText, place: Code, offset = 0): Test[] {
  return piece.flatMap((byte, i) => {
    const read = byteAt(place, offset + i);
    const tested = byteTest(byte, read, atom);
    if (!tested) return [isText(read)];
    return byte.kind === "class" && byte.negated ? [isText(read), tested] : [tested];
  });
}

export function byteAt(place: Code, by: number): Code {
  if (by === 0) return c.prefix("*", place);
  return c.prefix("*", by > 0 ? c.binary("+", place, atom(by)) : c.binary("-", place, atom(-by)));
}

function isText(read: Code): Test {
  return c.compare("!=", read, atom(0));
}

function isEnd(read: Code): Test {
  return c.opposite(isText(read));
}
