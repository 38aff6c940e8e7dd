/** Choices of one case. A case is known by the seed and its number alone. */
import { randomNumbers } from "../backend/query-generator.js";

export class Chance {
  readonly next: () => number;

  constructor(seed: number, number: number) {
    // Neighbours in number must not be neighbours in what is chosen.
    this.next = randomNumbers(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
    this.next();
  }

  /** From 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new Error("nothing to choose from");
    return found;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }
}
