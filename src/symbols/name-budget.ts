/**
 * How much the names of functions may take: of one file, and of all together. A file may be made so that a small part of
 * it is a name for each of a million symbols, and a process may have a thousand files.
 */

/** In bytes: a function, without its name. */
const OF_EACH = 96;
const MOST_OF_ONE = 256 * 1024 * 1024;
const MOST_OF_ALL = 512 * 1024 * 1024;
/** Read for them, which takes time even where it gives nothing. */
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

  /** For one file more. */
  part(): NameBudget {
    return new NameBudget(MOST_OF_ONE, this);
  }

  /** Whether there is room for a function of that name. */
  take(name: string): boolean {
    const bytes = OF_EACH + name.length;
    if (this.taken + bytes > this.most || this.all?.take(name) === false) return false;
    this.taken += bytes;
    return true;
  }

  /** Whether so many bytes may be read for them. */
  read(bytes: number): boolean {
    this.done += bytes;
    return this.done <= MOST_READ && this.all?.read(bytes) !== false;
  }

  /** Nothing is kept of what was taken. */
  giveBack(): void {
    if (this.all) this.all.taken -= this.taken;
    this.taken = 0;
  }
}
