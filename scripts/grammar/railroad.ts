/** Draws the grammar as railroad diagrams, in one page that loads nothing. */
import { createRequire } from "node:module";
import type * as Railroad from "railroad-diagrams";
import type { Part, Production } from "./productions.js";

const { Choice, Diagram, NonTerminal, OneOrMore, Optional, Sequence, Terminal, ZeroOrMore } = createRequire(
  import.meta.url,
)("railroad-diagrams") as typeof Railroad;

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
h2 { margin-top: 3rem; border-bottom: 1px solid #ccc; }
h3 { margin-bottom: 0; font-family: monospace; }
nav a { margin-right: .7rem; }
div { overflow-x: auto; }
svg.railroad-diagram path { stroke-width: 2; stroke: #555; fill: none; }
svg.railroad-diagram text { font: bold 14px monospace; text-anchor: middle; }
svg.railroad-diagram text.comment { font: italic 12px monospace; }
svg.railroad-diagram rect { stroke-width: 2; stroke: #555; fill: #e8eef8; }
svg.railroad-diagram rect[rx] { fill: #e8f4e8; }
svg.railroad-diagram a { fill: #124a8a; }
`.trim();

export function railroadPage(productions: readonly Production[]): string {
  const names = new Set(productions.map(({ name }) => name));
  const sections = productions.map(
    (
      production,
    ) => `${production.heading === undefined ? "" : `<h2>${escaped(capital(production.heading))}</h2>\n`}\
<h3 id="${production.name}">${production.name}</h3>
${remarkOf(production)}<div>${diagram(production, names)}</div>`,
  );
  const links = [...names].map((name) => `<a href="#${name}">${name}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The grammar of Faultline</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>The grammar of Faultline</h1>
<p>Drawn from <code>src/syntax/grammar</code> by <code>npm run grammar</code>. The tokens in capitals are defined in
<code>grammar/faultline.ebnf</code>, which is the same grammar as text.</p>
<nav>${links.join("\n")}</nav>
${sections.join("\n")}
</body>
</html>
`;
}

function remarkOf({ anyOrder, remark }: Production): string {
  const text = [anyOrder ? "In any order, each at most once." : "", remark ?? ""]
    .filter((t) => t !== "")
    .join(" ");
  return text === "" ? "" : `<p>${escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>")}</p>\n`;
}

function diagram({ part, anyOrder }: Production, names: ReadonlySet<string>): string {
  const drawn =
    anyOrder && part.kind === "sequence"
      ? ZeroOrMore(choiceOf(part.parts.map((each) => (each.kind === "repeat" ? each.part : each))))
      : draw(part);
  // The library does not draw links.
  const links = /<text [^>]*>([A-Z]\w*)<\/text>/g;
  return Diagram(drawn)
    .format()
    .toString()
    .replace(links, (text, name: string) => (names.has(name) ? `<a href="#${name}">${text}</a>` : text));
}

const choiceOf = (parts: readonly Part[]): Railroad.Item => Choice(0, ...parts.map((each) => draw(each)));

function draw(part: Part): Railroad.Item {
  switch (part.kind) {
    case "literal":
      return Terminal(part.text);
    case "name":
      return NonTerminal(part.name);
    case "sequence":
      return Sequence(...part.parts.map((each) => draw(each)));
    case "choice":
      return choiceOf(part.parts);
    case "repeat": {
      const inner = draw(part.part);
      if (!part.many) return Optional(inner);
      return part.least === 1 ? OneOrMore(inner) : ZeroOrMore(inner);
    }
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
