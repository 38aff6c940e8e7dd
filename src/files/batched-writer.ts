/** Batches lines that are written in one turn of the event loop, to save a system call for each. */

/** The number of characters after which a batch is written. */
const AT_ONCE = 64 * 1024;

export class BatchedWriter {
  private pending = "";

  constructor(private readonly put: (text: string) => void) {}

  write(text: string): void {
    if (this.pending === "") setImmediate(() => this.flush());
    this.pending += text;
    if (this.pending.length >= AT_ONCE) this.flush();
  }

  flush(): void {
    const text = this.pending;
    this.pending = "";
    if (text !== "") this.put(text);
  }
}
