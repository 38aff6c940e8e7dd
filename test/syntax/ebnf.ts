/** Reads a grammar in the notation of the W3C, and derives sentences from it. */

export type Rule =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "class"; readonly characters: readonly string[] }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Rule[] }
  | { readonly kind: "repeat"; readonly part: Rule; readonly least: number; readonly most: number }
  | { readonly kind: "except"; readonly part: Rule; readonly excluded: Rule };

export interface Production {
  readonly name: string;
  readonly rule: Rule;
  readonly anyOrder: boolean;
  /** Of parts that may all be absent, one must be there. */
  readonly atLeastOne: boolean;
}

const TOKEN =
  /\s*(?:(\/\*[^]*?\*\/)|([A-Za-z_]+)\s*(::=)|([A-Za-z_]+)|"([^"]*)"|'([^']*)'|\[((?:#x[0-9A-F]+|[^\]])*)\]|#x([0-9A-F]+)|([()?*+|-]))/y;

type Lexeme = readonly [kind: "comment" | "define" | "name" | "literal" | "class" | "mark", text: string];

function lexemes(text: string): Lexeme[] {
  const list: Lexeme[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`not EBNF: ${text.slice(at, at + 40)}`);
    const [, comment, defined, , name, double, single, characters, code, mark] = match;
    const literal =
      double ?? single ?? (code === undefined ? undefined : String.fromCharCode(parseInt(code, 16)));
    if (comment !== undefined) list.push(["comment", comment]);
    else if (defined !== undefined) list.push(["define", defined]);
    else if (name !== undefined) list.push(["name", name]);
    else if (literal !== undefined) list.push(["literal", literal]);
    else if (characters !== undefined) list.push(["class", characters]);
    else list.push(["mark", mark ?? ""]);
  }
  return list;
}

export function readGrammar(text: string): Map<string, Production> {
  const list = lexemes(text);
  const grammar = new Map<string, Production>();
  let at = 0;
  let comment = "";
  const mark = (text: string): boolean => list[at]?.[0] === "mark" && list[at]?.[1] === text;

  function choice(): Rule {
    const parts = [sequence()];
    while (mark("|")) {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  }
  function sequence(): Rule {
    const parts: Rule[] = [];
    for (let lexeme = list[at]; lexeme !== undefined; lexeme = list[at]) {
      if (lexeme[0] === "define" || lexeme[0] === "comment" || mark("|") || mark(")")) break;
      parts.push(item());
    }
    return { kind: "sequence", parts };
  }
  function item(): Rule {
    let rule = primary();
    if (mark("?") || mark("*") || mark("+")) {
      const [, sign] = list[at++] ?? ["mark", ""];
      rule = { kind: "repeat", part: rule, least: sign === "+" ? 1 : 0, most: sign === "?" ? 1 : 4 };
    }
    if (!mark("-")) return rule;
    at++;
    return { kind: "except", part: rule, excluded: primary() };
  }
  function primary(): Rule {
    const [kind, text] = list[at++] ?? ["mark", "the end"];
    if (kind === "literal") return { kind, text };
    if (kind === "name") return { kind, name: text };
    if (kind === "class") return { kind, characters: expand(text) };
    if (text !== "(") throw new Error(`unexpected ${text}`);
    const inner = choice();
    at++;
    return inner;
  }

  while (at < list.length) {
    const [kind, text] = list[at++] ?? ["comment", ""];
    if (kind === "comment") {
      comment = text;
      continue;
    }
    if (kind !== "define") throw new Error(`a definition is expected, not ${text}`);
    grammar.set(text, {
      name: text,
      rule: choice(),
      anyOrder: comment.includes("in any order;"),
      atLeastOne: comment.includes("at least."),
    });
    comment = "";
  }
  return grammar;
}

/** The printable characters of a class: `A-Z`, `^"`, `#xA`. */
function expand(text: string): string[] {
  const negated = text.startsWith("^");
  const atoms = [...(negated ? text.slice(1) : text).matchAll(/#x([0-9A-F]+)|([^])/g)].map(
    ([, code, character]) =>
      code === undefined ? (character ?? "") : String.fromCharCode(parseInt(code, 16)),
  );
  const members = new Set<string>();
  for (let i = 0; i < atoms.length; i++) {
    const [from, dash, to] = atoms.slice(i, i + 3);
    if (dash !== "-" || to === undefined) {
      members.add(from ?? "");
      continue;
    }
    for (let code = (from ?? "").charCodeAt(0); code <= to.charCodeAt(0); code++)
      members.add(String.fromCharCode(code));
    i += 2;
  }
  if (!negated) return [...members];
  const all = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  return [...all, "é", "漢"].filter((character) => !members.has(character));
}

/** Makes random sentences of `start`; below a depth the shortest way out is taken. */
export function deriver(grammar: Map<string, Production>, start: string): (random: () => number) => string {
  const costs = shortest(grammar);
  return (random) => derive(grammar, costs, start, random);
}

const DEEPEST = 13;

function derive(
  grammar: Map<string, Production>,
  costs: Map<string, number>,
  start: string,
  random: () => number,
): string {
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[Math.floor(random() * list.length)];
    if (chosen === undefined) throw new Error("nothing to pick from");
    return chosen;
  };

  function name(production: Production, left: number): string {
    const isToken = production.name === production.name.toUpperCase();
    if (!production.anyOrder || production.rule.kind !== "sequence")
      return run(production.rule, left, isToken ? "" : " ");
    const parts = production.rule.parts.map((part) => run(part, left, " ")).filter((part) => part !== "");
    if (parts.length === 0 && production.atLeastOne) {
      const forced = pick(production.rule.parts);
      parts.push(run(forced.kind === "repeat" ? forced.part : forced, left, " "));
    }
    for (let i = parts.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [parts[i], parts[j]] = [parts[j] ?? "", parts[i] ?? ""];
    }
    const by = parts.findIndex((part) => part.startsWith("by "));
    const before = parts[by - 1];
    if (before?.startsWith("top ") === true) parts.splice(by - 1, 2, parts[by] ?? "", before);
    return parts.join(" ");
  }

  function run(rule: Rule, left: number, separator: string): string {
    switch (rule.kind) {
      case "literal":
        return rule.text;
      case "class":
        return pick(rule.characters);
      case "name": {
        const production = grammar.get(rule.name);
        if (production === undefined) throw new Error(`${rule.name} is not defined`);
        const text = name(production, left - 1);
        return rule.name === "DOC" ? `\n${text}` : text;
      }
      case "sequence":
        return rule.parts
          .map((part) => run(part, left, separator))
          .filter((part) => part !== "")
          .join(separator);
      case "choice": {
        if (left > 0) return run(pick(rule.parts), left, separator);
        const least = Math.min(...rule.parts.map((part) => cost(part, costs)));
        return run(pick(rule.parts.filter((part) => cost(part, costs) === least)), left, separator);
      }
      case "repeat": {
        const most = left > 0 ? rule.most : rule.least;
        let count = rule.least;
        while (count < most && random() < 0.4) count++;
        return Array.from({ length: count }, () => run(rule.part, left, separator)).join(separator);
      }
      case "except":
        for (;;) {
          const text = run(rule.part, left, separator);
          if (!literalsOf(rule.excluded, grammar).includes(text)) return text;
        }
    }
  }
  return run({ kind: "name", name: start }, DEEPEST, " ");
}

/** How deep the shallowest derivation of each production is. */
function shortest(grammar: Map<string, Production>): Map<string, number> {
  const costs = new Map<string, number>();
  for (let changed = true; changed;) {
    changed = false;
    for (const { name, rule } of grammar.values()) {
      const found = 1 + cost(rule, costs);
      if (found >= (costs.get(name) ?? Infinity)) continue;
      costs.set(name, found);
      changed = true;
    }
  }
  return costs;
}

function cost(rule: Rule, costs: Map<string, number>): number {
  switch (rule.kind) {
    case "literal":
    case "class":
      return 0;
    case "name":
      return costs.get(rule.name) ?? Infinity;
    case "sequence":
      return Math.max(0, ...rule.parts.map((part) => cost(part, costs)));
    case "choice":
      return Math.min(...rule.parts.map((part) => cost(part, costs)));
    case "repeat":
      return rule.least === 0 ? 0 : cost(rule.part, costs);
    case "except":
      return cost(rule.part, costs);
  }
}

/** Every literal below a rule; into tokens only when `grammar` is given. */
export function literalsOf(rule: Rule, grammar?: Map<string, Production>): string[] {
  switch (rule.kind) {
    case "literal":
      return [rule.text];
    case "class":
      return [];
    case "name": {
      const production = grammar?.get(rule.name);
      return production === undefined ? [] : literalsOf(production.rule, grammar);
    }
    case "sequence":
    case "choice":
      return rule.parts.flatMap((part) => literalsOf(part, grammar));
    case "repeat":
    case "except":
      return literalsOf(rule.part, grammar);
  }
}
