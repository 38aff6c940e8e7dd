/** The tables of the language reference, made from those that the compiler itself reads. */
import { AGGREGATE_NAMES, definitionOf } from "../../src/aggregates/aggregates.js";
import { operatorsOf, TOPICS, type TopicRow } from "../../src/cli/request/help-topics.js";
import { standardLibrary } from "../../src/index.js";
import { FUNCTION_NAMES, givenBy, takenBy } from "../../src/semantics/expression/functions.js";
import { DEEPEST, STACKS } from "../../src/semantics/expression/stack-depth.js";
import {
  MOST_CHOICES,
  MOST_COLUMNS,
  MOST_PATTERN_BYTES,
  MOST_PIECES,
  MOST_QUERIES,
} from "../../src/semantics/limits.js";
import { commonType } from "../../src/semantics/source/probe-scope.js";
import { SIMPLE_TYPES } from "../../src/semantics/type-names.js";
import { COMMON_FIELDS } from "../../src/semantics/typed.js";
import { signatureOf } from "../../src/service/hover.js";
import { CLAUSES, CLAUSE_WORDS } from "../../src/syntax/clauses.js";
import { LEVELS } from "../../src/syntax/precedence.js";
import { DEFINITION_PARTS, DEFINITION_WORDS, TYPE_PREFIXES } from "../../src/syntax/words.js";
import { describeType, typeName } from "../../src/types/types.js";
import { UNITS, type Unit } from "../../src/types/units.js";
import { UNIT_NAMES } from "../../src/types/unit-spellings.js";
import { separated } from "../../src/view/value/format-value.js";
import { ebnf } from "../grammar/ebnf.js";
import { productions } from "../grammar/productions.js";
import {
  AGGREGATE_EXAMPLES,
  CLAUSE_EXAMPLES,
  DEFINITION_NOTES,
  FUNCTION_EXAMPLES,
  OPERATOR_EXAMPLES,
  TYPE_EXAMPLES,
  UNIT_EXAMPLES,
} from "./language-examples.js";
import { code, fenced, table, type Row } from "./markdown.js";

/** Returns the example, or says which row has none. */
function exampleOf(examples: Readonly<Record<string, string | undefined>>, name: string): string {
  const example = examples[name];
  if (example === undefined) throw new Error(`scripts/documents/language-examples.ts has none for ${name}`);
  return code(example);
}

function rowsOfTopic(name: string): ReadonlyMap<string, string> {
  const rows = TOPICS.find((topic) => topic.name === name)?.parts() ?? [];
  return new Map(rows.flatMap((part): readonly TopicRow[] => (typeof part === "string" ? [] : part)));
}

/** The productions under some headings of the grammar. */
function grammarOf(...headings: readonly string[]): string {
  const sections = new Map(
    ebnf(productions())
      .split(/^\/\* -+ /m)
      .map((section) => [section.slice(0, section.indexOf(" */")), section.slice(section.indexOf("\n"))]),
  );
  const texts = headings.map((heading) => {
    const section = sections.get(heading);
    if (section === undefined) throw new Error(`the grammar has no section \`${heading}\``);
    return section.trim();
  });
  return fenced("ebnf", texts.join("\n\n"));
}

function clauses(): string {
  return table(
    ["Clause", "What it does", "Example"],
    CLAUSE_WORDS.map((word) => [
      code(`${word} …`),
      `${CLAUSES[word].needs}: ${CLAUSES[word].about}`,
      exampleOf(CLAUSE_EXAMPLES, word),
    ]),
  );
}

function aggregates(): string {
  return table(
    ["Aggregate", "What it gives", "Example"],
    AGGREGATE_NAMES.map((name) => [
      code(signatureOf(name)),
      definitionOf(name).words.help,
      exampleOf(AGGREGATE_EXAMPLES, name),
    ]),
  );
}

function functions(): string {
  return table(
    ["Function", "What it takes", "What it gives", "Example"],
    [
      ...FUNCTION_NAMES.map((name) => [
        code(`${name}(…)`),
        takenBy(name) ?? "",
        givenBy(name) ?? "",
        exampleOf(FUNCTION_EXAMPLES, name),
      ]),
      ...STACKS.map((name) => [
        code(`${name}(n)`),
        `a whole number from 1 to ${DEEPEST}`,
        `${rowsOfTopic("fields").get(name) ?? ""}, of so many frames at most, the innermost first`,
        exampleOf(FUNCTION_EXAMPLES, name),
      ]),
    ],
  );
}

function operators(): string {
  const examples: Readonly<Record<string, readonly [string, string]>> = OPERATOR_EXAMPLES;
  const row = (operator: string, rank: number, key: string): Row => {
    const [meaning, example] = examples[key] ?? [];
    if (meaning === undefined || example === undefined) throw new Error(`there is no example of ${key}`);
    return [String(rank + 1), code(operator), meaning, code(example)];
  };
  return table(
    ["Strength", "Operator", "What it is", "Example"],
    LEVELS.flatMap((level, rank) =>
      operatorsOf(level).map((each) => row(each, rank, level.name === "Unary" ? `${each} ` : each)),
    ),
  );
}

function types(): string {
  const simple = Object.entries(SIMPLE_TYPES).map(([name, type]) => [
    code(name),
    describeType(type),
    exampleOf(TYPE_EXAMPLES, name),
  ]);
  const named = TYPE_PREFIXES.map((word) => [
    code(`${word} NAME`),
    word === "struct"
      ? describeType({ kind: "c", ctype: { kind: "struct", name: "NAME", id: 0 } })
      : describeType({ kind: word, of: "NAME", signed: false }),
    exampleOf(TYPE_EXAMPLES, word),
  ]);
  return table(["Type", "What it is", "Example"], [...simple, ...named]);
}

/** The example of a unit, in one of its spellings. */
function unitExample(unit: Unit, spelling: string): string {
  return (UNIT_EXAMPLES[unit] ?? "").replaceAll("UNIT", spelling);
}

function units(): string {
  const rows = UNIT_NAMES.flatMap((unit) => {
    const { spellings, base, described, prose } = UNITS[unit];
    return Object.entries(spellings).map(([spelling, factor]) => [
      code(spelling),
      described,
      `${separated(String(factor))} ${(factor === 1n ? prose?.one : prose?.many) ?? base ?? ""}`,
      code(unitExample(unit, spelling)),
    ]);
  });
  return table(["Unit", "Of", "Is", "Example"], rows);
}

/** The example of a field that every source has. */
function fieldExample(name: string): string {
  return name === "time" ? "faults show time, comm" : `faults show time, ${name}`;
}

function fields(): string {
  const about = rowsOfTopic("fields");
  return table(
    ["Field", "Type", "What it is", "Example"],
    COMMON_FIELDS.map((name) => [
      code(name),
      code(typeName(commonType(name))),
      about.get(name) ?? "",
      code(fieldExample(name)),
    ]),
  );
}

function definitionWords(): string {
  return table(
    ["Word", "What it says"],
    [...DEFINITION_WORDS, ...DEFINITION_PARTS].map((word) => [code(word), DEFINITION_NOTES[word]]),
  );
}

function sets(): string {
  const library = standardLibrary();
  return table(
    ["Names", "What they are of", "Some of them"],
    library.setNames().map((name) => {
      const definition = library.set(name)?.definition;
      const members = definition?.members.map((member) => code(member.name.text)) ?? [];
      const few = members.slice(0, 4).join(", ");
      return [code(`${definition?.of ?? ""} ${name}`), definition?.doc?.text ?? "", `${few} …`];
    }),
  );
}

function limits(): string {
  return table(
    ["At most", "Of what"],
    [
      [String(MOST_COLUMNS), "columns, keys or aggregates in a clause"],
      [String(MOST_QUERIES), "queries in a file or a tool"],
      [separated(String(MOST_CHOICES)), "values in a list: `in (…)`"],
      [String(MOST_PIECES), "pieces of a pattern between its stars"],
      [String(MOST_PATTERN_BYTES), "bytes of a pattern"],
    ],
  );
}

/** The parts of docs/language.md by their names. */
export const LANGUAGE_PARTS: Readonly<Record<string, () => string>> = {
  "grammar of queries": () => grammarOf("queries", "columns"),
  "grammar of expressions": () => grammarOf("expressions, from weak to strong"),
  "grammar of definitions": () => grammarOf("files", "definitions"),
  "grammar of tokens": () => grammarOf("tokens"),
  clauses,
  aggregates,
  functions,
  operators,
  types,
  units,
  fields,
  "definition words": definitionWords,
  sets,
  limits,
};
