/** Writes what comes together together, so that a line does not cost a call to the system, and makes none wait. */

/** As many characters as are written at once. */
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
