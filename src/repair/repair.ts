/**
 * Finds out what a text that does not compile is meant to say, and what to write instead. Candidates come from what the
 * diagnostics offer, and from tables of what other languages write; each is tried, and what compiles is offered.
 */
import { hintOf, withHint } from "../diagnostics/advice.js";
import type { Advice, Diagnostic, Fix, Severity, Source, Span } from "../diagnostics/diagnostic.js";
import { quote } from "../syntax/parser/reporter.js";
import { QueryDraft, type Edit } from "./draft.js";
import { FORMS } from "./forms/forms.js";
import { PHRASES } from "./phrases/phrases.js";
import { matchPhrase, replacements, type Phrase } from "./phrases/phrase.js";
import { scan, type Scanned } from "./scan.js";
import { isBetter, judged, type Judge, type Judgement } from "./score.js";
import type { Vocabulary } from "./vocabulary.js";

export interface Repairable {
  readonly source: Source;
  /** What the text goes on from, where it is a part: `by ` for the option --by. */
  readonly before: string;
  readonly judge: Judge;
  readonly vocabulary: (text: string) => Vocabulary;
}

/** What a change is reported as. */
interface RepairNote {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** The hint, with `{}` for what to write. */
  readonly says: string;
  /** What is underlined, if it is not what is replaced. */
  readonly span?: Span;
  /** The others that fit as well. */
  readonly others: readonly Fix[];
  /** Why something has no counterpart, where it is left out of a larger change. */
  readonly without: readonly string[];
}

/** A change within another is a part of it. */
function partOf(whole: RepairNote, part: RepairNote, text: string): RepairNote {
  return text.trim() === "" && part.code === "foreign-words"
    ? { ...whole, without: [...whole.without, part.message] }
    : whole;
}

interface Trial {
  readonly fix: Fix;
  readonly note: RepairNote;
}

/** The longest text that is repaired, and how often one is tried. */
const LONGEST = 2_000;
const MOST_PIECES = 150;
const MOST_TRIALS = 200;
const MOST_CHANGES = 12;

/** What is wrong with a target, or with the meaning of a query, and not with its words. */
const OF_MEANING =
  /^(?:kernel-.*|missing-probe|unavailable|too-.*|.*-limit|misplaced-aggregate|aggregate-.*|not-an-aggregate|argument-.*|duplicate-.*|clash-.*|bad-.*|no-query)$/;

/** What only concerns single names and numbers. */
const OF_NAMES =
  /^(?:unknown-(?!clause).*|unit-mismatch|missing-unit|type-mismatch|kernel-.*|missing-probe)$/;

/** Definitions are not written by the tables of phrases. */
const DEFINITION = /^\s*(?:event|span|tool|import)\b/m;

interface RepairState {
  readonly draft: QueryDraft<RepairNote>;
  readonly verdict: Judgement;
}

/** Returns the diagnostics of a text with hints that were tried. */
export function repair(text: Repairable, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return text.source.text.length > LONGEST ? diagnostics : new Repair(text).run();
}

class Repair {
  private trials = 0;
  private most = MOST_TRIALS;
  private readonly known = new Map<string, Judgement>();

  constructor(private readonly given: Repairable) {}

  run(): readonly Diagnostic[] {
    const { text } = this.given.source;
    const start: RepairState = { draft: new QueryDraft(text), verdict: this.try(text) };
    return this.report(this.best(start));
  }

  private try(text: string): Judgement {
    const known = this.known.get(text);
    if (known) return known;
    this.trials++;
    const verdict = judged(text, this.given.judge);
    this.known.set(text, verdict);
    return verdict;
  }

  private get isTired(): boolean {
    return this.trials >= this.most;
  }

  /** A text of another language as a whole is understood as that, or else piece by piece. */
  private best(start: RepairState): RepairState {
    if (start.verdict.errors === 0) return this.improve(start);
    const whole = { start: 0, end: start.draft.text.length };
    for (const { recognise, says, hint = "write {}" } of this.given.before === "" ? FORMS : []) {
      const text = recognise(start.draft.text, this.given.vocabulary(start.draft.text));
      if (text === undefined) continue;
      const note: RepairNote = {
        severity: "error",
        code: "foreign-form",
        message: says,
        says: hint,
        others: [],
        without: [],
      };
      const draft = start.draft.with({ span: whole, text }, note, partOf);
      const found = this.improve({ draft, verdict: this.try(text) });
      if (found.verdict.errors === 0) return found;
    }
    const found = this.improve(start);
    if (found.verdict.errors === 0) return found;
    // What is only nearer to being right may be nonsense: then each change must have mended an error of its own.
    return this.together(start) ?? this.improve(start, (a, b) => a.errors < b.errors);
  }

  /** Makes the change that helps most, as long as one helps. */
  private improve(start: RepairState, isBetterThan = isBetter): RepairState {
    let state = start;
    for (let changes = 0; changes < MOST_CHANGES && isRepairable(state.verdict); changes++) {
      const next = this.oneStep(state, isBetterThan);
      if (next === undefined) break;
      state = next;
    }
    return state;
  }

  /** A change may help only together with others: `faults comm is "sh"` lacks a `where` too. */
  private together(start: RepairState): RepairState | undefined {
    if (start.verdict.diagnostics.every(({ code }) => OF_NAMES.test(code))) return undefined;
    this.most += MOST_TRIALS;
    for (const candidate of this.candidates(start).flat()) {
      if (this.isTired) return undefined;
      const found = this.improve(this.change(start, candidate));
      if (found.verdict.errors === 0 && found.verdict.warnings <= start.verdict.warnings) return found;
    }
    return undefined;
  }

  private oneStep(state: RepairState, isBetterThan = isBetter): RepairState | undefined {
    let best: RepairState | undefined;
    for (const group of this.candidates(state)) {
      if (this.isTired) break;
      const next = this.bestOf(group, state);
      if (!next || !isBetterThan(next.verdict, best?.verdict ?? state.verdict)) continue;
      best = next;
      if (best.verdict.errors === 0 && best.verdict.warnings === 0) break;
    }
    return best;
  }

  /** Of several replacements of one phrase, the first that leaves the fewest errors. */
  private bestOf(group: readonly Trial[], state: RepairState): RepairState | undefined {
    let best: RepairState | undefined;
    for (const candidate of group) {
      if (this.isTired) break;
      const next = this.change(state, candidate);
      const { errors, warnings } = next.verdict;
      const least = best?.verdict;
      if (!least || errors < least.errors || (errors === least.errors && warnings < least.warnings))
        best = next;
      if (errors === 0 && warnings === 0) break;
    }
    return best;
  }

  private change({ draft }: RepairState, { fix, note }: Trial): RepairState {
    const next = draft.with(fix, note, partOf);
    return { draft: next, verdict: this.try(next.text) };
  }

  // -------------------------------------------------------------- candidates

  /** Groups of changes, of which one can be made. */
  private candidates(state: RepairState): readonly (readonly Trial[])[] {
    const isOfWords = state.verdict.diagnostics.some(
      ({ severity, code }) => severity === "error" && !OF_MEANING.test(code),
    );
    const all = [
      ...this.offered(state).map((each) => [each]),
      ...(isOfWords && !DEFINITION.test(state.draft.text) ? this.translated(state) : []),
    ];
    return all.map((group) =>
      group.filter(({ fix: { span, text } }) => state.draft.text.slice(span.start, span.end) !== text),
    );
  }

  private isOwn({ source }: Diagnostic): boolean {
    return source.name === this.given.source.name && source.isImported !== true;
  }

  /** What the diagnostics offer. Of several texts that do equally well the others are told too. */
  private offered({ draft, verdict }: RepairState): readonly Trial[] {
    return verdict.diagnostics.flatMap((d) => {
      if (!d.advice || !this.isOwn(d)) return [];
      const fits = this.fitting(draft.text, verdict, d.advice);
      const [fix, ...others] = fits;
      const note: RepairNote = {
        severity: d.severity,
        code: d.code,
        message: d.message,
        says: d.advice.says,
        span: draft.toOriginal(d.span),
        others,
        without: [],
      };
      return fix === undefined ? [] : [{ fix, note }];
    });
  }

  /** Those that help most. */
  private fitting(text: string, before: Judgement, { fixes }: Advice): readonly Fix[] {
    let best = before;
    let found: Fix[] = [];
    for (const fix of fixes) {
      if (this.isTired) break;
      const verdict = this.try(text.slice(0, fix.span.start) + fix.text + text.slice(fix.span.end));
      if (isBetter(verdict, best)) [best, found] = [verdict, [fix]];
      else if (found.length > 0 && verdict.errors === best.errors) found.push(fix);
    }
    return found;
  }

  private translated({ draft: { text } }: RepairState): readonly (readonly Trial[])[] {
    const { before } = this.given;
    const whole = before + text;
    const pieces = scan(whole);
    if (pieces.length > MOST_PIECES) return [];
    const vocabulary = this.given.vocabulary(whole);
    return PHRASES.flatMap((phrase) =>
      pieces.map((_, at) =>
        candidatesAt(phrase, pieces, at, whole, vocabulary).flatMap((each) =>
          behind(before.length, each, whole),
        ),
      ),
    );
  }

  // -------------------------------------------------------------- reporting

  private report({ draft, verdict }: RepairState): readonly Diagnostic[] {
    const { source } = this.given;
    const changes = draft.edits.map((edit): Diagnostic => reported(edit, draft, source));
    const rest = verdict.diagnostics.map((d) => this.remaining(d, draft, verdict));
    const all = [...changes, ...rest].sort((a, b) => a.span.start - b.span.start);
    if (verdict.errors > 0 || draft.edits.length === 0) return all;
    const last = all.findLast((d) => changes.includes(d));
    return all.map((d) => (d === last ? { ...d, corrected: draft.text } : d));
  }

  /** A diagnostic of the text as it is now, at its place in the original, with what helps of what it offers. */
  private remaining(d: Diagnostic, draft: QueryDraft<RepairNote>, verdict: Judgement): Diagnostic {
    if (!this.isOwn(d)) return d;
    const { hint, advice } = d;
    const moved: Diagnostic = { ...d, source: this.given.source };
    const span = draft.toOriginal(d.span);
    if (!advice) return withHint(moved, span, hint);
    const helps = advice.fixes.filter((fix) => this.helps(fix, d, draft, verdict));
    const placed = helps.map((fix) => ({ span: draft.toOriginal(fix.span), text: fix.text }));
    return withHint(moved, span, { ...advice, fixes: placed });
  }

  /** Whether following it makes the diagnostic go away, and brings no other. */
  private helps(
    { span, text }: Fix,
    d: Diagnostic,
    draft: QueryDraft<RepairNote>,
    verdict: Judgement,
  ): boolean {
    if (this.isTired) return false;
    const after = this.try(draft.text.slice(0, span.start) + text + draft.text.slice(span.end));
    if (d.severity === "error") return isBetter(after, verdict);
    return after.errors <= verdict.errors && after.diagnostics.length < verdict.diagnostics.length;
  }
}

function isRepairable({ errors, diagnostics }: Judgement): boolean {
  return errors > 0 || diagnostics.some(({ advice }) => advice !== undefined);
}

/** A change without what stands before the text, which is not the user's. */
function behind(length: number, { fix, note }: Trial, whole: string): readonly Trial[] {
  const span = { start: fix.span.start - length, end: fix.span.end - length };
  if (span.start >= 0) return [{ fix: { ...fix, span }, note }];
  const kept = whole.slice(fix.span.start, length);
  if (!fix.text.startsWith(kept)) return [];
  return [{ fix: { span: { start: 0, end: span.end }, text: fix.text.slice(kept.length) }, note }];
}

function reported(edit: Edit<RepairNote>, draft: QueryDraft<RepairNote>, source: Source): Diagnostic {
  const { severity, code, message, says, span, others, without } = edit.note;
  const fix = draft.fixOf(edit);
  const isGone = fix.text.trim() === "";
  return {
    severity,
    code,
    message: [message, ...new Set(without)].join("; "),
    source,
    span: span ?? trimmed(edit.original, source.text),
    ...hintOf({ says: isGone && says.includes("{}") ? "leave it out" : says, fixes: [fix, ...others] }),
    fix,
  };
}

/** Without the blanks around it. */
function trimmed({ start, end }: Span, text: string): Span {
  const part = text.slice(start, end);
  const from = start + (part.length - part.trimStart().length);
  return { start: from, end: Math.max(from, start + part.trimEnd().length) };
}

function candidatesAt(
  phrase: Phrase,
  pieces: readonly Scanned[],
  at: number,
  text: string,
  vocabulary: Vocabulary,
): readonly Trial[] {
  const match = matchPhrase(phrase, pieces, at, text, vocabulary);
  const [first, last] = [pieces[at], match && pieces[match.end - 1]];
  if (!match || match.end === at || !first || !last) return [];
  const written = quote(wordsOf(match.literal, text) || first.text);
  const note: RepairNote = {
    severity: "error",
    code: "foreign-words",
    message: phrase.says.replace("`{}`", () => written),
    says: phrase.hint ?? "write {}",
    others: [],
    without: [],
  };
  return replacements(phrase, match, vocabulary).map((replacement) => ({
    // The blank before what is left out goes with it.
    fix: {
      span: { start: replacement === "" ? blankBefore(text, first.start) : first.start, end: last.end },
      text: replacement,
    },
    note,
  }));
}

/** The words of another language in what was matched, with `…` for what stands between them. */
function wordsOf(literal: readonly Scanned[], text: string): string {
  const words = literal.filter(({ text: word }) => !/^[(),]$/.test(word));
  return words.reduce((written, piece, i) => {
    const before = words[i - 1];
    if (!before) return piece.text;
    const between = text.slice(before.end, piece.start);
    return written + (between.trim() === "" ? between : " … ") + piece.text;
  }, "");
}

function blankBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && /\s/.test(text.charAt(start - 1))) start--;
  return start;
}
