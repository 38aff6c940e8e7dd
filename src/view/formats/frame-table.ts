/**
 * A hash table of frames, looked up by a part of a stack's text without copying it: 100,000 stacks have millions of
 * frames, few of them distinct.
 */

export class FrameTable<T extends { readonly key: string; readonly tail: string }> {
  private slots: (T | undefined)[] = new Array<T | undefined>(1024);
  /** The hash of each slot, so that names are only compared where hashes match. */
  private hashes = new Int32Array(1024);
  private count = 0;

  /** `make` receives copies of the name's parts, since a substring would keep the whole line alive. */
  constructor(private readonly make: (key: string, tail: string) => T) {}

  /**
   * Returns the frame whose name is `text` from `start` up to `end`, and from `tailStart` up to `tailEnd`, making it if it is
   * new.
   */
  find(text: string, start: number, end: number, tailStart = end, tailEnd = end): T {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    for (let i = tailStart; i < tailEnd; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let known = this.slots[slot]; known; known = this.slots[slot]) {
      const isLike =
        this.hashes[slot] === hash &&
        known.key.length === end - start &&
        known.tail.length === tailEnd - tailStart;
      if (isLike && text.startsWith(known.key, start) && text.startsWith(known.tail, tailStart)) return known;
      slot = (slot + 1) & mask;
    }
    const made = this.make(copy(text, start, end), copy(text, tailStart, tailEnd));
    this.slots[slot] = made;
    this.hashes[slot] = hash;
    // At most half full, so most lookups hit at the first probe.
    if (++this.count * 2 > this.slots.length) this.grow();
    return made;
  }

  private grow(): void {
    const { slots, hashes } = this;
    this.slots = new Array<T | undefined>(slots.length * 2);
    this.hashes = new Int32Array(slots.length * 2);
    const mask = this.slots.length - 1;
    for (const [i, each] of slots.entries()) {
      if (!each) continue;
      const hash = hashes[i] as number;
      let slot = hash & mask;
      while (this.slots[slot]) slot = (slot + 1) & mask;
      this.slots[slot] = each;
      this.hashes[slot] = hash;
    }
  }
}

function copy(text: string, start: number, end: number): string {
  return Buffer.from(text.slice(start, end)).toString();
}
