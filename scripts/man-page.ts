/** Writes manual pages with the macros of man(7), escaping text that roff would interpret. */

import { wrap } from "../src/view/table/wrap.js";

/** The longest line, in characters. */
const LONGEST = 78;

/** Escapes a line of text or an argument: no roff escapes, no macro at the start, and copyable dashes and quotes. */
export function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("…", "...")
    .replace(/^\./, "\\&.");
}

/** Quotes an argument of a macro. */
const quoted = (text: string): string => `"${roff(text).replaceAll('"', "\\(dq")}"`;

/** Escapes prose, with text in `backticks` in bold. */
export function prose(text: string): string {
  return text
    .replaceAll("\n", " ")
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 0 ? roff(part) : `\\fB${roff(part).replace(/^\\&/, "")}\\fR`))
    .join("");
}

/** Wraps prose to short lines, none of which reads as a macro. */
function lines(text: string): readonly string[] {
  return wrap(prose(text), LONGEST).map((line) => line.replace(/^(?=[.'])/, "\\&"));
}

export class ManPage {
  private readonly lines: string[];

  constructor(
    name: string,
    about: string,
    { version, date }: { readonly version: string; readonly date: string },
  ) {
    this.lines = [
      `.TH ${quoted(name.toUpperCase())} 1 "${date}" ${quoted(`faultline ${version}`)} "User Commands"`,
      ".SH NAME",
      ...lines(`${name} \u0000 ${about}`).map((line) => line.replace("\u0000", "\\-")),
    ];
  }

  section(title: string): this {
    this.lines.push(`.SH ${quoted(title)}`);
    this.isFresh = true;
    return this;
  }

  subsection(title: string): this {
    this.lines.push(`.SS ${quoted(title)}`);
    this.isFresh = true;
    return this;
  }

  /** Whether a heading was just written, which starts a paragraph by itself. */
  private isFresh = false;

  paragraph(text: string): this {
    if (!this.isFresh) this.lines.push(".PP");
    this.lines.push(...lines(text));
    this.isFresh = false;
    return this;
  }

  /** Adds `words` as typed, with their description. */
  entry(words: string, about: string): this {
    this.lines.push(".TP", `.B ${quoted(words)}`, ...(about === "" ? ["\\&"] : lines(about)));
    this.isFresh = false;
    return this;
  }

  /** Adds preformatted lines. */
  example(lines: readonly string[]): this {
    if (!this.isFresh) this.lines.push(".PP");
    this.lines.push(".nf", ...lines.map((line) => `\\fB${roff(line).replace(/^\\&/, "")}\\fR`), ".fi");
    this.isFresh = false;
    return this;
  }

  /** Adds a synopsis: `\fBname\fR [options] …`. */
  synopsis(name: string, rest: string): this {
    this.lines.push(`.B ${quoted(name)}`, ...(rest === "" ? [] : [roff(rest)]));
    this.isFresh = false;
    return this;
  }

  seeAlso(names: readonly string[]): this {
    this.section("SEE ALSO");
    const last = names.length - 1;
    this.lines.push(...names.map((name, i) => `.BR ${roff(name)} (1)${i < last ? "," : ""}`));
    return this;
  }

  text(): string {
    return `${this.lines.join("\n")}\n`;
  }
}
