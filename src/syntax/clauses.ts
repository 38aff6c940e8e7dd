/**
 * The table of clauses: what the parser, the printer, the command line and the hints need to know about each. The
 * meaning of a clause is defined in the semantics.
 */
import type { Clause, Query } from "./tree.js";

type ClauseKind = Clause["kind"];

interface ClauseDefinition {
  /** The word that introduces it; aggregates have none. */
  readonly word?: string;
  /** What must follow the word, as named in messages. */
  readonly needs: string;
  readonly example: string;
  /** A line for the help. */
  readonly about?: string;
  /** The position in a printed query. */
  readonly order: number;
  /** Whether it is an option of the command line, such as `--by disk`. */
  readonly amendable: boolean;
  /** Whether it can be added to a table over several sources; other clauses concern one source. */
  readonly ofTables?: true;
  /** The clauses that it replaces when added by the command line, because they cannot be combined. */
  readonly replaces: readonly ClauseKind[];
}

export const CLAUSES = {
  show: {
    word: "show",
    needs: "columns",
    example: "show time, comm",
    about: "one line an event, with these columns: `show time, pid, comm, size in KB`",
    order: 1,
    amendable: true,
    replaces: ["show", "aggregates", "by", "top"],
  },
  by: {
    word: "by",
    needs: "keys",
    example: "by comm, pid",
    about: "a group for each value of these keys: `by comm, ustack`",
    order: 2,
    amendable: true,
    replaces: ["by"],
  },
  where: {
    word: "where",
    needs: "a condition",
    example: "where pid == 1",
    about: 'only events for which this holds: `where size > 4KB and comm ~ "nginx*"`',
    order: 3,
    amendable: true,
    replaces: ["where"],
  },
  every: {
    word: "every",
    needs: "a duration",
    example: "every 1s",
    about: "print, and begin anew, at this interval: `every 1s`",
    order: 5,
    amendable: true,
    ofTables: true,
    replaces: ["every"],
  },
  top: {
    word: "top",
    needs: "a number",
    example: "top 10",
    about: "only the largest groups: `top 10`, or `top 10 by count()` where there are several aggregates",
    order: 6,
    amendable: true,
    replaces: ["top"],
  },
  for: {
    word: "for",
    needs: "a duration",
    example: "for 30s",
    about: "end after this time: `for 30s`",
    order: 7,
    amendable: true,
    ofTables: true,
    replaces: ["for"],
  },
  via: {
    word: "via",
    needs: "the type of a provider",
    example: "via kprobe",
    about: "take this provider of the source and no other: `via kprobe`",
    order: 4,
    amendable: false,
    replaces: ["via"],
  },
  aggregates: {
    needs: "aggregates",
    example: "count()",
    order: 0,
    amendable: false,
    replaces: ["aggregates"],
  },
} as const satisfies Readonly<Record<ClauseKind, ClauseDefinition>>;

const DEFINITIONS: Readonly<Record<ClauseKind, ClauseDefinition>> = CLAUSES;

/** The kinds of clause, in the order used in hints. */
export const CLAUSE_KINDS = Object.keys(CLAUSES) as readonly ClauseKind[];

export type ClauseWord = Extract<(typeof CLAUSES)[ClauseKind], { readonly word: string }>["word"];

/** The words that start a clause. */
export const CLAUSE_WORDS: readonly ClauseWord[] = CLAUSE_KINDS.flatMap((kind) => {
  const clause = CLAUSES[kind];
  return "word" in clause ? [clause.word] : [];
});

export function isClauseWord(word: string): word is ClauseWord {
  return (CLAUSE_WORDS as readonly string[]).includes(word);
}

/** What must follow a word inside a clause, in words and as an example. */
const INNER_WORDS: Readonly<Record<string, readonly [needs: string, example: string]>> = {
  header: ["a number of lines", "every 1s header 20"],
  in: ["a unit", "sum(size) in MB"],
  as: ["a name", "sum(size) as total"],
};

/** Returns what must follow a word of a clause, in words and as an example. */
export function needsOf(word: string): readonly [needs: string, example: string] {
  if (isClauseWord(word)) return [CLAUSES[word].needs, CLAUSES[word].example];
  return INNER_WORDS[word] ?? ["more", word];
}

// ---------------------------------------------------------------- printing

export function clausesInOrder(query: Query): Clause[] {
  const rank = clauseOrder(query);
  return [...query.clauses].sort((a, b) => rank(a.kind) - rank(b.kind));
}

/** Returns the position of a kind of clause in a query; a table over several sources starts with its interval. */
export function clauseOrder(query: Pick<Query, "source">): (kind: ClauseKind) => number {
  return (kind) => (query.source === undefined && kind === "every" ? -1 : CLAUSES[kind].order);
}

// ---------------------------------------------------------------- clauses from the command line

type Amendable<K extends ClauseKind> = K extends unknown
  ? (typeof CLAUSES)[K]["amendable"] extends true
    ? K
    : never
  : never;

export type AmendableClause = Amendable<ClauseKind>;

export const AMENDABLE: readonly AmendableClause[] = CLAUSE_KINDS.filter(
  (kind): kind is AmendableClause => CLAUSES[kind].amendable,
);

export function amendsTables(kind: ClauseKind): boolean {
  return DEFINITIONS[kind].ofTables === true;
}

export function replacedBy(kind: ClauseKind): readonly ClauseKind[] {
  return CLAUSES[kind].replaces;
}
