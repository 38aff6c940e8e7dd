/**
 * Limits on the memory for function names, for one file and for all together. A malicious file can reuse a small
 * part of itself as the name of each of a million symbols, and a process may map a thousand files.
 */

/** The size in bytes of a function without its name. */
const OF_EACH = 96;
const MOST_OF_ONE = 256 * 1024 * 1024;
const MOST_OF_ALL = 512 * 1024 * 1024;
/** The limit on bytes read, since reading takes time even if it yields no names. */
const MOST_READ = 8 * 1024 ** 3;

export class NameBudget {
  private taken = 0;
  private done = 0;

  constructor(
    private readonly most = MOST_OF_ONE,
    private readonly all?: NameBudget,
  ) {}

  static ofAll(): NameBudget {
    return new NameBudget(MOST_OF_ALL);
  }

  /** Returns a budget for one more file. */
  part(): NameBudget {
    return new NameBudget(MOST_OF_ONE, this);
  }

  /** Takes room for a function of this name; returns whether there was enough. */
  take(name: string): boolean {
    const bytes = OF_EACH + name.length;
    if (this.taken + bytes > this.most || this.all?.take(name) === false) return false;
    this.taken += bytes;
    return true;
  }

  /** Counts bytes about to be read; returns whether they may be. */
  read(bytes: number): boolean {
    this.done += bytes;
    return this.done <= MOST_READ && this.all?.read(bytes) !== false;
  }

  /** Returns all that was taken, if nothing of it is kept. */
  giveBack(): void {
    if (this.all) this.all.taken -= this.taken;
    this.taken = 0;
  }
}
