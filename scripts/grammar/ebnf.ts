/** The grammar in the notation of the W3C. */
import { PROBE_TYPES, RESERVED_WORDS } from "../../src/syntax/words.js";
import { UNIT_SPELLINGS } from "../../src/types/unit-spellings.js";
import type { Part, Production } from "./productions.js";

const WIDTH = 110;
const NAME_WIDTH = 15;

const INTRODUCTION = `/*
 * The grammar of Faultline, in the notation of the W3C (as in the XML recommendation).
 * Written from src/syntax/grammar by \`npm run grammar\`: change it there.
 *
 * Names in CAPITALS are tokens: nothing stands between their parts. Between the parts of all
 * others there may be blanks, line ends and comments. A test derives random sentences from
 * this file and gives them to the parser, so what is written here is accepted.
 *
 * What the notation cannot say stands in comments: \`in any order\`, and that a word of the
 * language names nothing where it would be read as that word.
 */
`;

export function ebnf(productions: readonly Production[]): string {
  const lines = [INTRODUCTION];
  for (const { name, part, anyOrder, heading, remark } of productions) {
    if (heading !== undefined) lines.push("", headingOf(heading), "");
    const comment = [anyOrder ? "in any order; each at most once." : "", remark ?? ""].filter(
      (t) => t !== "",
    );
    if (comment.length > 0) lines.push("", `/* ${comment.join(" ")} */`);
    lines.push(production(name, alternatives(part)));
  }
  lines.push("", headingOf("tokens"), "", tokens());
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

const headingOf = (text: string): string => `/* ${"-".repeat(64)} ${text} */`;

/** Formats a production, with its alternatives on separate lines if it is long. */
function production(name: string, parts: readonly string[]): string {
  const start = `${name.padEnd(NAME_WIDTH)} ::= `;
  const lines: string[] = [];
  let line = start;
  parts.forEach((part, i) => {
    const piece = i === 0 ? part : ` | ${part}`;
    if (line.length + piece.length > WIDTH && i > 0) {
      lines.push(line);
      line = `${" ".repeat(NAME_WIDTH + 3)}| ${part}`;
    } else line += piece;
  });
  return [...lines, line].join("\n");
}

function alternatives(part: Part): readonly string[] {
  return part.kind === "choice" ? part.parts.map((each) => written(each, false)) : [written(part, false)];
}

/** Formats a part. `tight`: something follows it directly, so it may need parentheses. */
function written(part: Part, tight: boolean): string {
  switch (part.kind) {
    case "literal":
      return quoted(part.text);
    case "name":
      return part.name;
    case "sequence": {
      const text = part.parts.map((each) =>
        each.kind === "choice" ? `( ${written(each, false)} )` : written(each, false),
      );
      return tight ? `( ${text.join(" ")} )` : text.join(" ");
    }
    case "choice": {
      const text = part.parts.map((each) => written(each, false)).join(" | ");
      return tight ? `( ${text} )` : text;
    }
    case "repeat": {
      const sign = part.many ? (part.least === 1 ? "+" : "*") : "?";
      return written(part.part, true) + sign;
    }
  }
}

const quoted = (text: string): string => `"${text}"`;

function tokens(): string {
  const list = (name: string, words: readonly string[]): string => production(name, words.map(quoted));
  return `WORD            ::= [A-Za-z_] [A-Za-z0-9_]*
NAME            ::= WORD - RESERVED
${list("RESERVED", RESERVED_WORDS)}

/* Any word that touches a number is read as its unit; these are the units there are. */
NUMBER          ::= ( DECIMAL | "0x" HEX ( "_"? HEX )* ) UNIT?
WHOLE           ::= "0" | [1-9] ( "_"? [0-9] )*
DECIMAL         ::= WHOLE ( "." [0-9] ( "_"? [0-9] )* )?
HEX             ::= [0-9A-Fa-f]
${list("UNIT", UNIT_SPELLINGS)}

STRING          ::= '"' ( [^"\\#xA#xD] | ESCAPE )* '"'
ESCAPE          ::= "\\" ( [ntre0"\\] | "x" HEX HEX | "u{" CODE "}" )

/* A character by its number: all but halves of pairs. */
CODE            ::= HEX HEX? HEX? | [0-9A-CE-Fa-ce-f] HEX HEX HEX | [Dd] [0-7] HEX HEX
                  | [1-9A-Fa-f] HEX HEX HEX HEX | "10" HEX HEX HEX HEX

/* No blanks in a probe, and none around its colons. */
PROBE           ::= PROBE_TYPE ( ":" PART )+
PART            ::= STRING | PATH | [A-Za-z0-9_*?.@+$!#x5B#x5D-]+
PATH            ::= ( "." | ".." )? "/" ( [^#x0-#x20"(),:;{}/] [^#x0-#x20"(),:;{}]* )?
${list("PROBE_TYPE", PROBE_TYPES)}

/* Documentation of what follows, on lines of its own. */
DOC             ::= ( "///" [^#xA#xD]* #xA )+

/* Stand wherever a blank may; \`#!\` only at the very start of a file. */
COMMENT         ::= ( "//" | "#!" ) [^#xA#xD]* #xA`;
}
