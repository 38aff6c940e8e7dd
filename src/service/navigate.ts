/** Definitions, references and renaming, in a text, in what it imports and in the standard library. */
import type { Fix, Source, Span } from "../diagnostics/diagnostic.js";
import type { LoadedText } from "../semantics/load.js";
import { isCommon } from "../semantics/source/probe-scope.js";
import type { Name, ProviderDefinition, StringLiteral } from "../syntax/tree.js";
import { meaningAt, meaningOf, type SourceLocation, type Meaning } from "./meaning.js";
import { walk } from "./walk.js";
import type { Analysis } from "./workspace.js";

/** A place in a file, by the offset in its whole text. */
export interface FilePlace {
  readonly file: string;
  readonly span: Span;
}

/** Returns where the word at the offset is defined: a field may be defined by several providers. */
export function definitionsAt(analysis: Analysis, offset: number): readonly FilePlace[] {
  const found = meaningAt(analysis, offset);
  if (!found) return [];
  return definitionsOf(found.meaning, analysis).map((location) => inFile(location, analysis));
}

function definitionsOf(meaning: Meaning, analysis: Analysis): readonly SourceLocation[] {
  const { library } = analysis;
  switch (meaning.kind) {
    case "source": {
      const defined = library.find(meaning.name);
      return defined ? [{ source: defined.source, span: defined.definition.name.span }] : [];
    }
    case "tool": {
      const defined = library.tool(meaning.name);
      return defined ? [{ source: defined.source, span: defined.definition.name.span }] : [];
    }
    case "parameter": {
      const defined = library.tool(meaning.tool);
      const parameter = defined?.definition.parameters.find(({ name }) => name.text === meaning.name);
      return defined && parameter ? [{ source: defined.source, span: parameter.name.span }] : [];
    }
    case "field":
      return meaning.of === undefined ? [] : fieldDefinitions(meaning.name, meaning.of, analysis, new Set());
    case "title": {
      const part = analysis.queries().find(({ query }) => query === meaning.query)?.part;
      const alias = aliasOf(meaning);
      return part && alias ? [{ source: part.source, span: alias.span }] : [];
    }
    case "import": {
      const [first] = analysis.imported.filter(({ source }) => source.name.endsWith(meaning.name));
      return first ? [{ source: first.source, span: { start: 0, end: 0 } }] : [];
    }
    case "aggregate":
    case "function":
    case "member":
    case "unit":
      return [];
  }
}

function aliasOf({ name, query }: Meaning & { readonly kind: "title" }): Name | StringLiteral | undefined {
  for (const clause of query.clauses) {
    const columns = "columns" in clause ? clause.columns : clause.kind === "by" ? clause.keys : [];
    for (const { alias } of columns) if (alias?.kind === "name" && alias.text === name) return alias;
  }
  return undefined;
}

/** The definitions of a field in a source, and in those that it is made of. */
function fieldDefinitions(
  field: string,
  of: string,
  analysis: Analysis,
  seen: Set<string>,
): readonly SourceLocation[] {
  const defined = analysis.library.find(of);
  if (!defined || seen.has(of)) return [];
  seen.add(of);
  const { definition, source } = defined;
  const inProvider = ({ fields, trigger }: ProviderDefinition): readonly SourceLocation[] => {
    const own = fields.find(({ name }) => name.text === field);
    if (own) return [{ source, span: own.name.span }];
    return trigger.kind === "namedSource" ? fieldDefinitions(field, trigger.name.text, analysis, seen) : [];
  };
  switch (definition.kind) {
    case "event":
      return definition.providers.flatMap(inProvider);
    case "union":
      return definition.members.flatMap(({ name }) => fieldDefinitions(field, name.text, analysis, seen));
    case "span": {
      const own = definition.fields.filter(({ name }) => name.text === field);
      const sides = [...definition.begin, ...definition.during, ...definition.end].flatMap(inProvider);
      return [...own.map(({ name }) => ({ source, span: name.span })), ...sides];
    }
  }
}

/** Returns the uses of what the word at the offset stands for, and its definitions, in the texts of the workspace. */
export function referencesAt(analysis: Analysis, offset: number): readonly FilePlace[] {
  const found = meaningAt(analysis, offset);
  return found ? references(found.meaning, analysis).map((location) => inFile(location, analysis)) : [];
}

function references(meaning: Meaning, analysis: Analysis): readonly SourceLocation[] {
  const locations: SourceLocation[] = [];
  const isSame = sameAs(meaning, analysis);
  for (const { file, source } of texts(analysis))
    walk(file, (node, path) => {
      if (node.kind !== "name" || node.text !== meaning.name) return;
      const other = meaningOf(node, path, analysis);
      if (other && isSame(other)) locations.push({ source, span: node.span });
    });
  return locations;
}

const texts = ({ parts, imported }: Analysis): readonly LoadedText[] => [...parts, ...imported];

/** Whether another word stands for the same: fields are the same if they have a definition in common. */
function sameAs(meaning: Meaning, analysis: Analysis): (other: Meaning) => boolean {
  const key = ({ source, span }: SourceLocation): string => `${placeKey(source, analysis)} ${span.start}`;
  const keys = (each: Meaning): readonly string[] => definitionsOf(each, analysis).map(key);
  if (meaning.kind !== "field")
    return (other) => {
      if (other.kind !== meaning.kind || other.name !== meaning.name) return false;
      if (meaning.kind === "parameter") return other.kind === "parameter" && other.tool === meaning.tool;
      if (meaning.kind === "title") return other.kind === "title" && other.query === meaning.query;
      return true;
    };
  const own = new Set(keys(meaning));
  return (other) =>
    other.kind === "field" &&
    other.name === meaning.name &&
    (own.size === 0 ? other.of === meaning.of : keys(other).some((each) => own.has(each)));
}

function placeKey(source: Source, { parts }: Analysis): string {
  const part = parts.find((each) => each.source === source);
  return part ? `${source.name} ${part.start}` : `${source.name} ${source.text.length}`;
}

/** Why a word cannot be renamed. */
export class RenameRefused extends Error {}

export type Edits = ReadonlyMap<string, readonly Fix[]>;

/** Returns the edits of each file that give the word at the offset another name. Throws a `RenameRefused`. */
export function renameAt(analysis: Analysis, offset: number, name: string): Edits {
  const found = meaningAt(analysis, offset);
  if (!found) throw new RenameRefused("there is no name here");
  const { meaning } = found;
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new RenameRefused(`\`${name}\` is no name`);
  if (!["source", "tool", "field", "parameter", "title"].includes(meaning.kind))
    throw new RenameRefused(`\`${meaning.name}\` is a word of the language or the kernel`);
  if (meaning.kind === "field" && (isCommon(meaning.name) || meaning.of === undefined))
    throw new RenameRefused(`\`${meaning.name}\` is given by the kernel or by every event`);
  const own = new Set(texts(analysis).map(({ source }) => source));
  const definitions = definitionsOf(meaning, analysis);
  if (definitions.length === 0 || definitions.some(({ source }) => !own.has(source)))
    throw new RenameRefused(`\`${meaning.name}\` is defined by the standard library`);
  if (meaning.kind === "source" && analysis.library.find(name))
    throw new RenameRefused(`there is a source \`${name}\` already`);
  const edits = new Map<string, Fix[]>();
  for (const location of references(meaning, analysis)) {
    const { file, span } = inFile(location, analysis);
    edits.set(file, [...(edits.get(file) ?? []), { span, text: name }]);
  }
  return edits;
}

function inFile({ source, span }: SourceLocation, { parts, imported }: Analysis): FilePlace {
  const part = [...parts, ...imported].find((each) => each.source === source);
  const start = part && "start" in part ? Number(part.start) : 0;
  return { file: source.name, span: { start: span.start + start, end: span.end + start } };
}
