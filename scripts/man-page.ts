/** Text as roff, in the macros of man(7): what a reader typed is shown, whatever roff would take it for. */

import { wrap } from "../src/view/table/wrap.js";

/** Of a line, in characters. */
const LONGEST = 78;

/** In a line of text or an argument: no escape, no macro at the start, and dashes and quotes that can be copied. */
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

/** An argument of a macro, of which quotes would end it. */
const quoted = (text: string): string => `"${roff(text).replaceAll('"', "\\(dq")}"`;

/** What stands in `backticks` is bold, as what is typed. */
export function prose(text: string): string {
  return text
    .replaceAll("\n", " ")
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 0 ? roff(part) : `\\fB${roff(part).replace(/^\\&/, "")}\\fR`))
    .join("");
}

/** The same in short lines, of which none is a macro. */
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

  /** A paragraph behind a heading begins by itself. */
  private isFresh = false;

  paragraph(text: string): this {
    if (!this.isFresh) this.lines.push(".PP");
    this.lines.push(...lines(text));
    this.isFresh = false;
    return this;
  }

  /** `words` as they are typed, and what they mean. */
  entry(words: string, about: string): this {
    this.lines.push(".TP", `.B ${quoted(words)}`, ...(about === "" ? ["\\&"] : lines(about)));
    this.isFresh = false;
    return this;
  }

  /** Lines as they are. */
  example(lines: readonly string[]): this {
    if (!this.isFresh) this.lines.push(".PP");
    this.lines.push(".nf", ...lines.map((line) => `\\fB${roff(line).replace(/^\\&/, "")}\\fR`), ".fi");
    this.isFresh = false;
    return this;
  }

  /** `\fBname\fR [options] …` */
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
