/** Pictures: SVG fragments for a file of their own or for a report. */
import { escapeXml } from "../value/xml.js";

/** The width of every picture, in pixels. */
export const WIDTH = 1200;

export interface Picture {
  readonly height: number;
  /** SVG elements, `WIDTH` wide. */
  readonly body: string;
}

/** Formats a coordinate with the digits that a screen can show. */
export function pixels(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export interface TextOptions {
  readonly className?: string;
  readonly anchor?: "middle" | "end";
  /** The width in pixels to which the text is cut. */
  readonly room?: number;
}

/** The width of a character, in pixels, in the monospaced font of `STYLE`. */
export const CHARACTER = 6.7;

export function svgText(x: number, y: number, text: string, options: TextOptions = {}): string {
  const { className, anchor, room } = options;
  const shown = room === undefined ? text : shorten(text, Math.floor(room / CHARACTER));
  if (shown === "") return "";
  return `<text x="${pixels(x)}" y="${pixels(y)}"${className ? ` class="${className}"` : ""}${anchor ? ` text-anchor="${anchor}"` : ""}>${escapeXml(shown)}</text>`;
}

/** Cuts a text to a number of characters; to nothing where fewer than 3 fit. */
export function shorten(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return characters < 3 ? "" : `${[...text].slice(0, characters - 1).join("")}…`;
}

/** Colours for light and dark themes; all rules are below `.faultline`, so they do not affect a page around it. */
export const STYLE = `
.faultline{background:var(--paper);font:11px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;--paper:#fff;--ink:#1b1f24;--faint:#667078;--rule:#d8dde2;--bar:#3f7cb8}
.faultline text{fill:var(--ink)}
.faultline .title{font-size:15px;font-weight:600}
.faultline .faint{fill:var(--faint)}
.faultline .note{fill:#a3520b}
.faultline .rule{stroke:var(--rule);stroke-width:1;fill:none}
.faultline .bar{fill:var(--bar)}
@media (prefers-color-scheme:dark){.faultline{--paper:#16191d;--ink:#e4e7ea;--faint:#98a2ab;--rule:#333a41;--bar:#5b9bd8}.faultline .note{fill:#f0a35e}}
`.replace(/\n/g, "");

/** Returns a self-contained SVG file. */
export function svgDocument(pictures: readonly Picture[], title: string): string {
  let y = 0;
  const parts = pictures.map(({ height, body }) => {
    const part = `<svg y="${y}" width="${WIDTH}" height="${height}">${body}</svg>\n`;
    y += height;
    return part;
  });
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<svg xmlns="http://www.w3.org/2000/svg" class="faultline" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}">\n` +
    `<title>${escapeXml(title)}</title>\n<style>${STYLE}</style>\n` +
    `<rect width="100%" height="100%" style="fill:var(--paper)"/>\n${parts.join("")}</svg>\n`
  );
}

/** Returns an SVG element for an HTML page. */
export function svgElement({ height, body }: Picture): string {
  return `<svg class="faultline" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">${body}</svg>`;
}
