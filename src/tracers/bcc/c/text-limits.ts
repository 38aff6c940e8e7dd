/** How much of a text is kept or compared, and tests that doubt their outcome where it is longer. */
import type { Typed } from "../../../semantics/typed.js";
import { atom, c, type Code, type Test } from "../../code.js";
import { TEXT_SIZE, textSize } from "../layout/fields.js";
import type { FunctionWriter } from "./function-writer.js";

/** The longest text that is compared whole. */
export const LONGEST_TEXT = 255;

export interface LongText {
  readonly place: string;
  readonly length: string;
}

/** Whether a text is kept whole: the name of a thread, an array that is no longer, or a literal. */
export function isBounded(value: Typed): boolean {
  if (value.op === "choose") return isBounded(value.then) && isBounded(value.otherwise);
  return value.op === "common" || value.op === "string" || textSize(value) < TEXT_SIZE;
}

/**
 * A test of which the outcome is not known where these conditions hold, since a text is longer than what was read. Such
 * an event neither meets the condition nor its opposite, and is counted. `doubts` is given the variable of the outcome.
 */
export function undecided(
  identity: string,
  stem: string,
  outcome: Code,
  doubts: (variable: string) => readonly string[],
  writer: FunctionWriter,
): Test {
  const found = atom(
    writer.once(identity, stem, (name) => {
      writer.add(
        `int ${name} = ${outcome.text};`,
        `if (${doubts(name).join(" && ")}) {`,
        `    ${name} = -1;`,
        `    ${writer.program.count("CUT_TEXT")}`,
        "}",
      );
    }),
  );
  return {
    holds: c.compare(">", found, atom(0)).holds,
    fails: c.prefix("!", found),
    undecided: { notHolds: c.compare("<=", found, atom(0)).holds, notFails: found },
  };
}
