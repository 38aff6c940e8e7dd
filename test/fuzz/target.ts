/** What is attacked. An input is a text, so that it can be kept in a file and made smaller by its lines. */
import type { Chance } from "./chance.js";

export interface Target {
  readonly name: string;
  /** How many of a hundred cases are of it. */
  readonly share: number;
  make(chance: Chance): string;
  /** Throws where the input is not taken as it should be. `thorough`: with the checks that are slow, too. */
  run(input: string, thorough: boolean): void | Promise<void>;
}

/** What is not as it should be. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export function must(holds: boolean, what: string, shown = ""): void {
  if (!holds) throw new Violation(shown === "" ? what : `${what}: ${JSON.stringify(shown.slice(0, 300))}`);
}
