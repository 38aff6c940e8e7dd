/**
 * What is printed at an interval is kept in two sets of maps, in turn. The tracer prints and clears a map some time
 * after it was told to, and what is added in between would be lost, or stand in what is printed: it goes to the
 * other set.
 */
export const OTHER_SIDE = "_in_turn";

/** The map that says which set is written to. */
export function turnOf(result: number): string {
  return `turn${result}`;
}

/** From here on it is the set that is not `side`. */
function turn(result: number, side: string): string {
  return `@${turnOf(result)} = ${side === "" ? 1 : 0};`;
}

export function inTurn(result: number, lines: (side: string) => readonly string[]): string[] {
  const block = (side: string): string[] => lines(side).map((line) => `  ${line}`);
  return [`if (@${turnOf(result)} == 0) {`, ...block(""), "} else {", ...block(OTHER_SIDE), "}"];
}

/** Turns to the other set, and does something with the one that was written to. */
export function turning(result: number, lines: (side: string) => readonly string[]): string[] {
  return inTurn(result, (side) => [turn(result, side), ...lines(side)]);
}
