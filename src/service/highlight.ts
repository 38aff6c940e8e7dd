/** What the words of a text are, for highlighting: what a grammar of patterns cannot know. */
import type { Span } from "../diagnostics/diagnostic.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import { lazy } from "../lazy.js";
import { contextFor } from "../semantics/check.js";
import { Shapes } from "../semantics/source/shapes.js";
import type { File } from "../syntax/tree.js";
import { isCurrent, namesOf, observed, type Lookups } from "./lookups.js";
import { meaningOf, type Meaning } from "./meaning.js";
import { moved, type PlacedPart } from "./parts.js";
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

interface PartHighlights {
  readonly lookups: Lookups;
  /** Spans are within the part. */
  readonly found: readonly Highlighted[];
}

const known = new WeakMap<File, PartHighlights>();

/** A part keeps what is found in it while what its words stand for is the same. */
export function highlightsOf(analysis: Analysis): readonly Highlighted[] {
  const names = lazy(() => namesOf(analysis.library));
  return analysis.parts.flatMap((part) => {
    let highlights = known.get(part.file);
    if (!highlights || !isCurrent(highlights.lookups, analysis.library, names)) {
      highlights = highlightsIn(part, analysis);
      known.set(part.file, highlights);
    }
    return highlights.found.map(({ span, as }) => ({ span: moved(span, part.start), as }));
  });
}

function highlightsIn(part: PlacedPart, analysis: Analysis): PartHighlights {
  const { kernel } = analysis;
  const { library, lookups } = observed(analysis.library);
  const shapes = new Shapes(library, kernel, new Diagnostics());
  const seen: Analysis = {
    ...analysis,
    library,
    quiet: (text) => contextFor(text, { kernel }, new Diagnostics(), shapes),
  };
  const found: Highlighted[] = [];
  walk(part.file, (node, path) => {
    if (node.kind !== "name") return;
    const meaning = meaningOf(node, path, seen);
    const as = meaning && highlightOf(meaning);
    if (as) found.push({ span: node.span, as });
  });
  return { lookups: lookups(), found: found.sort((a, b) => a.span.start - b.span.start) };
}

function highlightOf({ kind }: Meaning): Highlight | undefined {
  return HIGHLIGHTS.find((each) => each === kind);
}
