/** What holds of everything that is written, whatever came in. */
import { must } from "./target.js";

/** What a terminal obeys, or that turns a line around; line ends and tabs are fine. */
const OBEYED =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)/;

export function isPrintable(what: string, text: string): void {
  const found = OBEYED.exec(text);
  must(
    !found,
    `${what} has a character that a terminal obeys`,
    text.slice(Math.max(0, (found?.index ?? 0) - 40)),
  );
}

/** Values that only a fault makes, unless they came in. */
export function hasNoLeak(what: string, text: string, input: string): void {
  if (/NaN|Infinity|undefined|\[object/.test(input)) return;
  const found = /\bNaN\b|\[object |(?<![\w"'-])undefined(?![\w"'])|(?<![\w"'])Infinity\b/.exec(text);
  must(!found, `${what} shows a value that is none`, text.slice(Math.max(0, (found?.index ?? 0) - 60)));
}

/** Opened tags are closed in order, entities are known, and nothing is a tag that came from a text. */
export function isMarkup(what: string, text: string, isXml: boolean): void {
  must(!/<\/?zq/i.test(text), `${what} has a tag that came from a text`);
  if (!isXml) return;
  const open: string[] = [];
  const rest = text.replace(/<\?[^>]*\?>|<!\[CDATA\[[^]*?\]\]>|<!--[^]*?-->/g, "");
  for (const [tag, slash, name = "", attributes = ""] of rest.matchAll(
    /<(\/?)([\w:-]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/g,
  )) {
    if (slash === "/") must(open.pop() === name, `${what} closes a tag that is not open`, tag);
    else if (!attributes.endsWith("/")) open.push(name);
  }
  must(open.length === 0, `${what} leaves a tag open`, open.join(" "));
  const outside = rest.replace(/<(\/?)([\w:-]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/g, "");
  must(!outside.includes("<"), `${what} has a bare <`, outside.slice(Math.max(0, outside.indexOf("<") - 40)));
  const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.exec(rest);
  must(!entity, `${what} has a bare &`, rest.slice(entity?.index ?? 0));
}

/** As RFC 4180 has it; lines of one result have as many cells as its header. */
export function isCsv(what: string, text: string): void {
  const cell = /"(?:[^"]|"")*"|[^",\r\n]*/y;
  for (let at = 0; at < text.length;) {
    cell.lastIndex = at;
    cell.test(text);
    at = cell.lastIndex;
    if (text.startsWith("\r\n", at)) at += 2;
    else if (text[at] === ",") at++;
    else
      must(at >= text.length, `${what} has a cell that ends in the middle`, text.slice(Math.max(0, at - 40)));
  }
}

/** A bpftrace script without its texts and comments. */
export function bareScript(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (found) =>
    found.startsWith('"') ? '""' : " ",
  );
}

/** A command of a shell without what is in quotes. */
export function bareCommand(text: string): string {
  return text.replace(/\$'(?:[^'\\]|\\.)*'|'[^']*'|"(?:[^"\\$`]|\\.)*"|\\.|(?<=^|\s)#[^\n]*/g, "_");
}
