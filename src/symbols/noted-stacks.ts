/** Counts stacks, each once, and the files in which something was noticed of them. */
import { firstFew } from "../few.js";

/** The limit on counted stacks, and on files that are named. */
const MOST = 10_000;
const MOST_NAMED = 3;

export class NotedStacks {
  private readonly stacks = new Set<string>();
  private readonly byFile = new Map<string, number>();

  note(stack: string, file?: string): void {
    if (this.stacks.size >= MOST || this.stacks.has(stack)) return;
    this.stacks.add(stack);
    if (file !== undefined) this.byFile.set(file, (this.byFile.get(file) ?? 0) + 1);
  }

  get count(): number {
    return this.stacks.size;
  }

  /** `1 stack is`, `12 stacks are`. */
  get text(): string {
    const { size } = this.stacks;
    return size === 1 ? "1 stack is" : `${size === MOST ? `${size} or more` : size} stacks are`;
  }

  /** Those with most of them first. */
  get files(): string {
    const names = [...this.byFile].sort(([, a], [, b]) => b - a).map(([name]) => name);
    return firstFew(names, MOST_NAMED, "files");
  }
}
