/**
 * Analyses texts for an editor. What is unchanged since the last analysis of a text is neither parsed nor checked
 * again: a part is checked anew only if it changed, or a definition that it looked up.
 */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import type { Kernel } from "../kernel/kernel.js";
import { isRepairable, repairAll } from "../repair/repair-all.js";
import { vocabularyFor, type Vocabulary } from "../repair/vocabulary.js";
import { checkDefinition, contextFor } from "../semantics/check.js";
import {
  addDefinition,
  emptyDefinitions,
  isDefinition,
  layered,
  type Definitions,
  type Library,
} from "../semantics/library.js";
import { MOST_QUERIES } from "../semantics/limits.js";
import {
  collectDefinitions,
  load,
  type LoadedText,
  type LoadOptions,
  type ParsedText,
} from "../semantics/load.js";
import { checkQuery } from "../semantics/query/check-query.js";
import type { QueryContext } from "../semantics/query/query-context.js";
import { Shapes } from "../semantics/source/shapes.js";
import type { CheckedQuery } from "../semantics/typed.js";
import { parse } from "../syntax/parser/parser.js";
import type { File, Query } from "../syntax/tree.js";
import { lazy } from "../lazy.js";
import { append } from "../lists.js";
import { isCurrent, namesOf, observed, type Lookups } from "./lookups.js";
import { PartReader, type PlacedPart } from "./parts.js";

export interface WorkspaceOptions extends Pick<LoadOptions, "resolveImport"> {
  readonly kernel: Kernel;
  readonly library: Library;
}

/** A text with what is known about it. */
export interface Analysis {
  readonly source: Source;
  readonly kernel: Kernel;
  /** The definitions of the text and what it imports, before those of the library. */
  readonly library: Library;
  readonly own: Definitions;
  /** The parts of the text itself. */
  readonly parts: readonly PlacedPart[];
  /** The parts of the imported texts. */
  readonly imported: readonly LoadedText[];
  /** The diagnostics of the text, in its order, without hints that are yet to be tried. */
  readonly problems: () => readonly PlacedProblem[];
  /** The same with the hints that compile when they are followed, which takes longer. */
  readonly hintedProblems: () => readonly PlacedProblem[];
  readonly queries: () => readonly PlacedQuery[];
  /** A context in which expressions are typed without reports. */
  readonly quiet: (source: Source) => QueryContext;
}

/** A diagnostic, with the offset of its part in the text: its spans are within that part. */
export interface PlacedProblem {
  readonly diagnostic: Diagnostic;
  readonly start: number;
}

export interface PlacedQuery {
  readonly query: Query;
  /** Absent if it has errors. */
  readonly checked?: CheckedQuery;
  readonly part: PlacedPart;
}

interface CheckedPart {
  readonly lookups: Lookups;
  readonly diagnostics: readonly Diagnostic[];
  readonly hinted: () => readonly Diagnostic[];
  readonly queries: ReadonlyMap<Query, CheckedQuery>;
}

/** The checks of all parts. */
interface CheckedParts {
  readonly diagnostics: readonly Diagnostic[];
  readonly hinted: () => readonly Diagnostic[];
  readonly queries: readonly PlacedQuery[];
}

export class Workspace {
  private readonly readers = new Map<string, PartReader>();
  private readonly checks = new WeakMap<File, CheckedPart>();
  private readonly analyses = new Map<string, Analysis>();

  constructor(private readonly options: WorkspaceOptions) {}

  /** Returns the same analysis for the same text, as long as its imports are the same. */
  analyse(source: Source): Analysis {
    const analysis = this.analysed(source);
    const before = this.analyses.get(source.name);
    if (before && isSame(before, analysis)) return before;
    this.analyses.set(source.name, analysis);
    return analysis;
  }

  /** Forgets a text that is no longer edited. */
  close(name: string): void {
    this.readers.delete(name);
    this.analyses.delete(name);
  }

  private analysed(source: Source): Analysis {
    const { kernel, library: under, resolveImport } = this.options;
    const diagnostics = new Diagnostics();
    const parts: PlacedPart[] = [];
    const imported: LoadedText[] = [];
    const read = (text: Source): readonly PlacedPart[] => {
      const found = this.readerOf(text.name).read(text);
      for (const part of found) (text.isImported === true ? imported : parts).push(part);
      return found;
    };
    load(source, { ...(resolveImport ? { resolveImport } : {}), read }, diagnostics);
    const own = collectDefinitions([...parts, ...imported], diagnostics, under);
    const library = layered(own, under);
    const checked = lazy(() => this.check(parts, own, library));
    const shapes = lazy(() => new Shapes(library, kernel, new Diagnostics()));
    return {
      source,
      kernel,
      library,
      own,
      parts,
      imported,
      problems: lazy(() => placed(parts, [...diagnostics.list, ...checked().diagnostics].map(withoutAdvice))),
      hintedProblems: lazy(() => placed(parts, [...diagnostics.list, ...checked().hinted()])),
      queries: lazy(() => checked().queries),
      quiet: (text) => contextFor(text, { kernel }, new Diagnostics(), shapes()),
    };
  }

  private readerOf(name: string): PartReader {
    const known = this.readers.get(name) ?? new PartReader();
    this.readers.set(name, known);
    return known;
  }

  private check(parts: readonly PlacedPart[], own: Definitions, library: Library): CheckedParts {
    const { kernel } = this.options;
    const names = lazy(() => namesOf(library));
    const vocabulary = lazy(() => vocabularyFor(library, kernel));
    const diagnostics: Diagnostic[] = [];
    const all: CheckedPart[] = [];
    const queries: PlacedQuery[] = [];
    for (const part of parts) {
      let checked = this.checks.get(part.file);
      if (!checked || !isCurrent(checked.lookups, library, names)) {
        checked = checkPart(part, own, library, kernel, (text) => vocabulary()(text));
        this.checks.set(part.file, checked);
      }
      append(diagnostics, checked.diagnostics);
      all.push(checked);
      for (const query of queriesOf(part)) {
        const typed = checked.queries.get(query);
        queries.push({ query, part, ...(typed ? { checked: typed } : {}) });
      }
    }
    const tooMany = tooManyQueries(queries);
    append(diagnostics, tooMany);
    return {
      diagnostics,
      hinted: () => [...all.flatMap(({ hinted }) => hinted()), ...tooMany],
      queries,
    };
  }
}

/** The limit is for all parts together. */
function tooManyQueries(queries: readonly PlacedQuery[]): readonly Diagnostic[] {
  const over = queries[MOST_QUERIES];
  if (!over) return [];
  const found = new Diagnostics();
  found.error(
    "too-many",
    over.part.source,
    over.query.span,
    `there are ${queries.length} queries here, and ${MOST_QUERIES} is the maximum`,
    "put them into several files, or tools",
  );
  return found.list;
}

/** A diagnostic whose hint is not tried yet. */
function withoutAdvice(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.advice === undefined) return diagnostic;
  const { severity, code, message, source, span } = diagnostic;
  return { severity, code, message, source, span };
}

const queriesOf = ({ file }: LoadedText): readonly Query[] =>
  file.items.filter((item): item is Query => item.kind === "query");

function isSame(a: Analysis, b: Analysis): boolean {
  const same = (one: readonly LoadedText[], other: readonly LoadedText[]): boolean =>
    one.length === other.length && one.every(({ file }, i) => file === other[i]?.file);
  return a.source.text === b.source.text && same(a.parts, b.parts) && same(a.imported, b.imported);
}

/** Checks a part, and tries the hints of what is wrong in it. */
function checkPart(
  part: ParsedText,
  own: Definitions,
  under: Library,
  kernel: Kernel,
  vocabulary: (text: string) => Vocabulary,
): CheckedPart {
  const { library, lookups } = observed(under);
  const judge = (
    { file, source }: LoadedText,
    isOwn: (name: string, definition: object) => boolean,
    all: Library,
  ): { readonly diagnostics: readonly Diagnostic[]; readonly queries: ReadonlyMap<Query, CheckedQuery> } => {
    const diagnostics = new Diagnostics();
    const context = contextFor(source, { kernel }, diagnostics, new Shapes(all, kernel, diagnostics));
    const queries = new Map<Query, CheckedQuery>();
    for (const item of file.items) {
      if (item.kind === "query") {
        const checked = checkQuery(item, context);
        if (checked) queries.set(item, checked);
      } else if (isDefinition(item) && isOwn(item.name.text, item)) {
        checkDefinition(item, context);
      }
    }
    return { diagnostics: diagnostics.list.filter((d) => d.source === source), queries };
  };
  const isFirst = (name: string, definition: object): boolean =>
    own.sources.get(name)?.definition === definition ||
    own.tools.get(name)?.definition === definition ||
    own.sets.get(name)?.definition === definition;
  const { diagnostics, queries } = judge(part, isFirst, library);
  const { source } = part;
  const all = [...part.diagnostics, ...diagnostics];
  const request = { text: source.text, name: source.name };
  const hinted = lazy(() =>
    !all.some(isRepairable)
      ? all
      : repairAll(all, request, vocabulary, (text) => {
          const trial = { name: source.name, text };
          const parsed = { ...parse(trial), source: trial };
          const defined = emptyDefinitions();
          for (const item of parsed.file.items) if (isDefinition(item)) addDefinition(defined, item, trial);
          return {
            diagnostics: [
              ...parsed.diagnostics,
              ...judge(parsed, () => true, layered(defined, library)).diagnostics,
            ],
          };
        }),
  );
  return { lookups: lookups(), diagnostics, hinted, queries };
}

/** The diagnostics of these parts, each once. Those of a part's check replace those of its parser: their hints were tried. */
function placed(parts: readonly PlacedPart[], diagnostics: readonly Diagnostic[]): readonly PlacedProblem[] {
  const starts = new Map(parts.map(({ source, start }) => [source, start]));
  const found = new Map<string, PlacedProblem>();
  for (const diagnostic of diagnostics) {
    const start = starts.get(diagnostic.source);
    if (start === undefined) continue;
    const { code, message, span } = diagnostic;
    found.set(`${start + span.start} ${code} ${message}`, { diagnostic, start });
  }
  const at = ({ diagnostic, start }: PlacedProblem): number => start + diagnostic.span.start;
  return [...found.values()].sort((a, b) => at(a) - at(b));
}
