/** Makes text safe for a comment: it neither ends the line, nor hides or reorders the text around it. */

const HIDDEN =
  /(?:[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])+/g;

export function hidesText(text: string): boolean {
  return text.search(HIDDEN) >= 0;
}

export function oneLine(text: string): string {
  return text.replace(HIDDEN, " ").trim();
}
