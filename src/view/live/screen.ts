/** The alternate screen of a terminal: drawn in place; the normal screen reappears afterwards. */
import { cut } from "../table/cut-line.js";
import type { Output } from "../streams.js";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

export type ScreenOutput = Output & { readonly rows?: number };

export class Screen {
  private isOpen = false;
  private readonly leave = (): void => this.close();

  constructor(private readonly out: ScreenOutput) {}

  get width(): number {
    return this.out.columns || 80;
  }

  get height(): number {
    return this.out.rows || 24;
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    // Runs also when an exception ends the program.
    process.once("exit", this.leave);
    this.out.write(ENTER);
  }

  /** Draws a frame in one write, so that no partial frame is seen. A slow terminal skips frames. */
  draw(lines: readonly string[]): void {
    if (!this.isOpen || !this.out.writable || this.out.writableNeedDrain) return;
    const shown = lines.slice(0, this.height).map((line) => CLEAR_LINE + cut(line, this.width));
    this.out.write(`${HOME}${shown.join("\r\n")}${CLEAR_BELOW}`);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off("exit", this.leave);
    if (this.out.writable) this.out.write(LEAVE);
  }
}
