/** A cache from text to text, cleared when it is full, because the number of stacks is unbounded. */

/** The capacity in characters. */
const MOST = 16 * 1024 * 1024;

export class RecentTexts {
  private readonly known = new Map<string, string>();
  private size = 0;

  constructor(private readonly most = MOST) {}

  get(text: string): string | undefined {
    return this.known.get(text);
  }

  set(text: string, found: string): void {
    const size = text.length + found.length;
    if (this.size + size > this.most) {
      this.known.clear();
      this.size = 0;
    }
    this.size += size;
    this.known.set(text, found);
  }
}
