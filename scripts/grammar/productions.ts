/** Derives the productions for the EBNF and the railroad diagrams from the parser's rules. */
import type { ISerializedGast, SerializedGastAlternative, SerializedGastTerminal } from "./gast.js";
import { FaultlineParser } from "../../src/syntax/grammar/grammar.js";
import { DOCUMENTED, IN_ANY_ORDER, REMARKS, SECTIONS } from "../../src/syntax/grammar/notes.js";
import { LEVELS } from "../../src/syntax/precedence.js";

export type Part =
  | { readonly kind: "literal"; readonly text: string }
  /** Another production, or a token in capitals. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Part[] }
  | { readonly kind: "repeat"; readonly part: Part; readonly least: 0 | 1; readonly many: boolean };

export interface Production {
  readonly name: string;
  readonly part: Part;
  readonly anyOrder: boolean;
  readonly heading?: string;
  readonly remark?: string;
}

const literal = (text: string): Part => ({ kind: "literal", text });
const named = (name: string): Part => ({ kind: "name", name });
const optional = (part: Part): Part => ({ kind: "repeat", part, least: 0, many: false });
const repeated = (part: Part): Part => ({ kind: "repeat", part, least: 0, many: true });

/** Makes a sequence, flattening nested ones. */
function sequence(parts: readonly Part[]): Part {
  const flat = parts.flatMap((part) => (part.kind === "sequence" ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "sequence", parts: flat };
}

function choice(parts: readonly Part[]): Part {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "choice", parts };
}

export function productionName(rule: string): string {
  return rule.charAt(0).toUpperCase() + rule.slice(1);
}

/** Tokens that stand for a narrower one in a rule; the parser reports the rest. */
const NARROWER: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  rate: { NUMBER: named("WHOLE") },
  unit: { NAME: choice([named("NAME"), named("UNIT")]) },
};

export function productions(): readonly Production[] {
  const rules = new FaultlineParser().getSerializedGastProductions() as unknown as readonly ISerializedGast[];
  const reader = new RuleReader(rules);
  return inSections(rules.flatMap((rule) => reader.productionsOf(rule)));
}

/** Orders the productions for a reader, from files inwards; the rules are in the opposite order. */
function inSections(list: readonly Production[]): Production[] {
  const sections = new Map<string, Production[]>(Object.values(SECTIONS).map((heading) => [heading, []]));
  let section: Production[] = [];
  for (const production of list) {
    if (production.heading !== undefined) section = sections.get(production.heading) ?? section;
    section.push(production);
  }
  return [...sections.values()].flat();
}

class RuleReader {
  private readonly rules: ReadonlyMap<string, ISerializedGast>;

  constructor(rules: readonly ISerializedGast[]) {
    this.rules = new Map(rules.map((rule) => [rule.name, rule]));
  }

  productionsOf(rule: ISerializedGast): readonly Production[] {
    const { name, definition } = rule;
    // Its alternatives appear directly in the loops that use it.
    if (name === "clause") return [];
    if (name === "operation") return levels();
    // The prefix operators are separate levels.
    const parts = name === "operand" ? definition.slice(1) : definition;
    const part = IN_ANY_ORDER.includes(name) ? this.anyOrder(rule) : this.sequenceOf(parts, name);
    return [
      {
        name: productionName(name),
        part: DOCUMENTED.includes(name) ? sequence([optional(named("DOC")), part]) : part,
        anyOrder: IN_ANY_ORDER.includes(name),
        ...(SECTIONS[name] === undefined ? {} : { heading: SECTIONS[name] }),
        ...(REMARKS[name] === undefined ? {} : { remark: REMARKS[name] }),
      },
    ];
  }

  /** Returns a loop over alternatives, each of which occurs at most once. */
  private anyOrder({ name, definition }: ISerializedGast): Part {
    const [loop] = definition;
    const [inner] = loop !== undefined && "definition" in loop ? loop.definition : [];
    const clauses = inner?.type === "NonTerminal" ? this.rules.get(inner.name)?.definition[0] : inner;
    if (clauses?.type !== "Alternation") throw new Error(`${name} is no loop over alternatives`);
    return sequence(clauses.definition.map((alternative) => optional(this.partOf(alternative, name))));
  }

  private sequenceOf(definition: readonly SerializedGastAlternative[], rule: string): Part {
    const parts: Part[] = [];
    for (let i = 0; i < definition.length; i++) {
      const node = definition[i];
      const next = definition[i + 1];
      if (node === undefined) continue;
      // `operand operation*` is the weakest level; after a call, `operation*` alone is what may follow it.
      if (isOperand(node) && next !== undefined && isOperations(next)) {
        parts.push(named(LEVELS[0]?.name ?? ""));
        i++;
      } else if (isOperations(node)) {
        parts.push(...afterOperand());
      } else {
        parts.push(this.partOf(node, rule));
      }
    }
    return sequence(parts);
  }

  private partOf(node: SerializedGastAlternative, rule: string): Part {
    switch (node.type) {
      case "Terminal":
        return terminal(node, rule);
      case "NonTerminal":
        return named(productionName(node.name));
      case "Alternative":
        return this.sequenceOf(node.definition, rule);
      case "Alternation":
        return choice(node.definition.map((alternative) => this.partOf(alternative, rule)));
      case "Option":
        return optional(this.sequenceOf(node.definition, rule));
      case "Repetition":
        return repeated(this.sequenceOf(node.definition, rule));
      case "RepetitionMandatory":
        return { kind: "repeat", part: this.sequenceOf(node.definition, rule), least: 1, many: true };
    }
  }
}

function terminal({ label }: SerializedGastTerminal, rule: string): Part {
  const narrower = NARROWER[rule]?.[label];
  if (narrower !== undefined) return narrower;
  return label.startsWith('"') ? literal(label.slice(1, -1)) : named(label);
}

const isOperand = (node: SerializedGastAlternative): boolean =>
  node.type === "NonTerminal" && node.name === "operand";

const isOperations = (node: SerializedGastAlternative): boolean =>
  node.type === "Repetition" &&
  node.definition.some((inner) => inner.type === "NonTerminal" && inner.name === "operation");

const operatorName = (level: string): string => `${level}Operator`;

/** Returns a production for each level of the precedence table. */
function levels(): Production[] {
  const found: Production[] = [];
  LEVELS.forEach(({ name, infix, prefix, comparison }, i) => {
    const next = named(LEVELS[i + 1]?.name ?? "Operand");
    const words = (infix ?? prefix ?? []).map(literal);
    const plain = { anyOrder: false };
    if (prefix !== undefined) {
      found.push({ ...plain, name, part: choice([sequence([choice(words), named(name)]), next]) });
      return;
    }
    const [word] = words;
    const operator = words.length === 1 && word !== undefined ? word : named(operatorName(name));
    const more = sequence([operator, next]);
    found.push({
      ...plain,
      name,
      part: sequence([
        next,
        comparison === true ? optional(choice([more, named("Membership")])) : repeated(more),
      ]),
    });
    if (words.length > 1) found.push({ ...plain, name: operatorName(name), part: choice(words) });
  });
  return found;
}

/** Returns the operations that bind more strongly than a comparison, strongest first. */
function afterOperand(): Part[] {
  return LEVELS.flatMap(({ name, infix, comparison }, i) => {
    const isStronger = LEVELS.slice(0, i).some((level) => level.comparison);
    if (infix === undefined || comparison === true || !isStronger) return [];
    return [repeated(sequence([named(operatorName(name)), named(LEVELS[i + 1]?.name ?? "")]))];
  }).reverse();
}
