/** Text for a terminal: headings, prose, and names with their descriptions. */
import { escapeText } from "../view/value/escape.js";
import { wrap } from "../view/table/wrap.js";
import { greatest } from "../lists.js";

export interface TextStyle {
  /** The width of prose, in columns. */
  readonly width: number;
  /** The width of the screen; code may be wider than prose. */
  readonly columns: number;
  readonly heading: (text: string) => string;
  readonly name: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Collects lines; all text that comes from a query or a kernel is escaped here. */
export class Page {
  private readonly lines: string[] = [];

  constructor(readonly style: TextStyle) {}

  line(text = ""): void {
    this.lines.push(text);
  }

  prose(text: string, first: string, rest = first): void {
    for (const each of wrap(escapeText(text.replaceAll("\n", " ")), this.style.width, first, rest))
      this.line(each);
  }

  /** Writes a fact about the name above it. */
  item(text: string): void {
    this.prose(text, "    ", "      ");
  }

  /** Writes a name with its description beside it; `names` are all names of the same column. */
  entry(name: string, text: string, names: readonly string[]): void {
    const wide = Math.min(greatest(names.map((each) => escapeText(each).length)), this.style.width / 3);
    const shown = escapeText(name);
    const indent = " ".repeat(wide + 4);
    const isLong = shown.length > wide;
    if (isLong) this.line(`  ${this.style.name(shown)}`);
    const [start = "", ...others] = wrap(escapeText(text), this.style.width, indent);
    this.line(isLong ? start : `  ${this.style.name(shown)}${start.slice(2 + shown.length)}`);
    for (const each of others) this.line(each);
  }

  section<T>(title: string, items: readonly T[], write: (item: T, page: Page) => void): void {
    if (items.length === 0) return;
    this.line();
    this.line(this.style.heading(title));
    for (const item of items) write(item, this);
  }

  text(): string {
    return `${this.lines.join("\n")}\n`;
  }
}
