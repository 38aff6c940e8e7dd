/** The timers of a run, which are cleared when it ends. */

/** The longest delay in milliseconds: a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

export class Timers {
  private readonly running = new Set<NodeJS.Timeout>();

  after(milliseconds: number, then: () => void): void {
    const now = Math.min(milliseconds, LONGEST);
    const timer = setTimeout(() => {
      this.running.delete(timer);
      if (now < milliseconds) this.after(milliseconds - now, then);
      else then();
    }, now);
    this.running.add(timer);
  }

  /** Repeats while `goesOn` returns true. */
  every(milliseconds: number, goesOn: () => boolean, act: () => void): void {
    this.after(milliseconds, () => {
      if (!goesOn()) return;
      act();
      this.every(milliseconds, goesOn, act);
    });
  }

  clear(): void {
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
  }
}
