/** What the words of a text are, for highlighting: what a grammar of patterns cannot know. */
import type { Span } from "../diagnostics/diagnostic.js";
import { meaningOf, type Meaning } from "./meaning.js";
import { moved } from "./parts.js";
import { walk } from "./walk.js";
import type { Analysis } from "./workspace.js";

export const HIGHLIGHTS = [
  "source",
  "tool",
  "field",
  "parameter",
  "aggregate",
  "function",
  "unit",
  "member",
] as const;

export type Highlight = (typeof HIGHLIGHTS)[number];

export interface Highlighted {
  readonly span: Span;
  readonly as: Highlight;
}

export function highlightsOf(analysis: Analysis): readonly Highlighted[] {
  const found: Highlighted[] = [];
  for (const part of analysis.parts)
    walk(part.file, (node, path) => {
      if (node.kind !== "name") return;
      const meaning = meaningOf(node, path, analysis);
      const as = meaning && highlightOf(meaning);
      if (as) found.push({ span: moved(node.span, part.start), as });
    });
  return found.sort((a, b) => a.span.start - b.span.start);
}

function highlightOf({ kind }: Meaning): Highlight | undefined {
  return HIGHLIGHTS.find((each) => each === kind);
}
