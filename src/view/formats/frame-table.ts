/**
 * Frames by their names, found in the text of a stack without cutting it into pieces: 100,000 stacks have millions
 * of frames, of which few are different.
 */

export class FrameTable<T extends { readonly key: string }> {
  private slots: (T | undefined)[] = new Array<T | undefined>(1024);
  /** Of what is in the slots, so that no name is looked at that is another one. */
  private hashes = new Int32Array(1024);
  private count = 0;

  /** `make` is given a copy of the name: a piece of a line keeps all of the line. */
  constructor(private readonly make: (key: string) => T) {}

  /** What is called as the piece of `text` from `start` up to `end`. */
  find(text: string, start: number, end: number): T {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let known = this.slots[slot]; known; known = this.slots[slot]) {
      const isLike = this.hashes[slot] === hash && known.key.length === end - start;
      if (isLike && text.startsWith(known.key, start)) return known;
      slot = (slot + 1) & mask;
    }
    const made = this.make(Buffer.from(text.slice(start, end)).toString());
    this.slots[slot] = made;
    this.hashes[slot] = hash;
    // Half full, most are found at once.
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
