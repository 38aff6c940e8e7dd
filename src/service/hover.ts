/** What is shown about a word: its type and unit, what it means, and for a query which probes are taken and why. */
import { definitionOf, isAggregateFunction } from "../aggregates/aggregates.js";
import type { Span } from "../diagnostics/diagnostic.js";
import { rangeText } from "../explain/render-cost.js";
import { explain } from "../explain/explain.js";
import { planQueries, PlanError } from "../plan/plan-queries.js";
import { PlanLimit } from "../plan/limits.js";
import { givenBy, takenBy } from "../semantics/expression/functions.js";
import { fieldsOf } from "../semantics/source/source-shape.js";
import { fieldsOfSource } from "../repair/vocabulary.js";
import { commonValueOn, isBuiltin } from "../semantics/source/probe-scope.js";
import { backEndNamed, DEFAULT_BACK_END } from "../tracers/registry.js";
import type { Plan } from "../plan/plan.js";
import { describeType, typeName } from "../types/types.js";
import { lookUpUnit } from "../types/unit-spellings.js";
import { UNITS } from "../types/units.js";
import { meaningAt, type Meaning } from "./meaning.js";
import { placeOf } from "./scopes.js";
import type { Analysis, PlacedQuery } from "./workspace.js";

export interface Hover {
  readonly span: Span;
  /** The declaration, in the language. */
  readonly code: string;
  /** Paragraphs of plain text. */
  readonly about: readonly string[];
}

export function hoverAt(analysis: Analysis, offset: number): Hover | undefined {
  const found = meaningAt(analysis, offset);
  if (!found) return undefined;
  const { meaning, span } = found;
  const said = describe(meaning, analysis);
  const query = meaning.kind === "source" ? queryAt(analysis, offset) : undefined;
  return (
    said && { span, code: said.code, about: [...said.about, ...(query ? choicesOf(query, analysis) : [])] }
  );
}

interface HoverText {
  readonly code: string;
  readonly about: readonly string[];
}

export function describe(meaning: Meaning, analysis: Analysis): HoverText | undefined {
  const { name } = meaning;
  switch (meaning.kind) {
    case "source": {
      const definition = analysis.library.find(name)?.definition;
      if (!definition) return undefined;
      const shape = placeOf(
        { kind: "namedSource", name: definition.name, span: definition.span },
        false,
        analysis,
      ).shape;
      const fields = shape
        ? [...fieldsOf(shape)].map(([field, { type }]) => `${field}: ${typeName(type)}`)
        : [];
      const kind = definition.kind === "union" ? "event" : definition.kind;
      return { code: `${kind} ${name}`, about: paragraphs(definition.doc?.text, fields.join(", ")) };
    }
    case "tool": {
      const definition = analysis.library.tool(name)?.definition;
      return definition && { code: `tool ${name}`, about: paragraphs(definition.doc?.text) };
    }
    case "field": {
      if (!meaning.type) return undefined;
      const doc =
        meaning.of === undefined
          ? undefined
          : fieldsOfSource(meaning.of, analysis.library, analysis.kernel).get(name)?.doc;
      return {
        code: `${name}: ${typeName(meaning.type)}`,
        about: paragraphs(
          doc,
          meaning.of === undefined
            ? describeType(meaning.type)
            : `${describeType(meaning.type)}, a field of ${meaning.of}`,
        ),
      };
    }
    case "parameter": {
      const parameter = analysis.library
        .tool(meaning.tool)
        ?.definition.parameters.find((each) => each.name.text === name);
      const type = meaning.type ? typeName(meaning.type) : "source";
      return {
        code: `${name}: ${type}`,
        about: paragraphs(
          parameter?.doc?.text,
          `the option --${name.replaceAll("_", "-")} of ${meaning.tool}`,
        ),
      };
    }
    case "aggregate":
      return isAggregateFunction(name)
        ? { code: signatureOf(name), about: [definitionOf(name).words.help] }
        : undefined;
    case "function":
      return { code: `${name}(…)`, about: paragraphs(givenBy(name), `takes ${takenBy(name) ?? ""}`) };
    case "unit": {
      const unit = lookUpUnit(name);
      return (
        unit && {
          code: name,
          about: [`${unit.factor} ${UNITS[unit.unit].base ?? ""}: a unit of ${UNITS[unit.unit].described}`],
        }
      );
    }
    case "member":
      return { code: `${name} = ${meaning.value}`, about: [meaning.set] };
    case "title":
      return { code: name, about: ["the name of a column of this query"] };
    case "import":
      return { code: `import "${name}"`, about: [] };
  }
}

const paragraphs = (...texts: readonly (string | undefined)[]): readonly string[] =>
  texts.filter((text): text is string => text !== undefined && text !== "");

/** An aggregate with its parameters. */
export function signatureOf(name: string): string {
  if (!isAggregateFunction(name)) return `${name}(value)`;
  switch (definitionOf(name).takes) {
    case "nothing":
      return `${name}()`;
    case "value":
    case "anything":
      return `${name}(value)`;
    case "value or nothing":
      return `${name}([value])`;
    case "value and range":
      return `${name}(value, from, to, step)`;
  }
}

/** Returns the query of the text at the offset. */
export function queryAt(analysis: Analysis, offset: number): PlacedQuery | undefined {
  return analysis
    .queries()
    .find(
      ({ query, part }) => query.span.start + part.start <= offset && offset <= query.span.end + part.start,
    );
}

const plans = new WeakMap<PlacedQuery, Plan | string>();

/** Plans one query; returns why not if the kernel cannot answer it. */
export function planOf(placed: PlacedQuery, { kernel }: Analysis): Plan | string | undefined {
  const { checked } = placed;
  if (!checked) return undefined;
  const known = plans.get(placed);
  if (known !== undefined) return known;
  let plan: Plan | string;
  try {
    const { attachGap } = backEndNamed(DEFAULT_BACK_END).writerFor({ kernel, form: "text" });
    plan = planQueries([checked], {
      attachGap,
      arch: kernel.arch,
      common: (name) => (isBuiltin(name) ? commonValueOn(kernel, name) : undefined) ?? `${name} is not known`,
    });
  } catch (error) {
    if (!(error instanceof PlanError) && !(error instanceof PlanLimit)) throw error;
    plan = error.message;
  }
  plans.set(placed, plan);
  return plan;
}

/** The probes that the query takes, what they cost, and why not others. */
function choicesOf(placed: PlacedQuery, analysis: Analysis): readonly string[] {
  const plan = planOf(placed, analysis);
  if (plan === undefined) return [];
  if (typeof plan === "string") return [plan];
  const { kernel } = analysis;
  const target = {
    kernel: kernel.id,
    release: kernel.release,
    bpftrace: backEndNamed(DEFAULT_BACK_END).versions?.newest ?? "",
    cpus: 1,
  };
  const { probes, queries } = explain(plan, { target });
  return [
    ...queries.map(({ meaning }) => meaning),
    ...probes.map(
      ({ probe, cost, note, notTaken }) =>
        `${probe}, ${rangeText(cost)} ns an event${note === undefined ? "" : `. ${note}`}` +
        notTaken.map(({ probe: other, why }) => `\nnot ${other}: ${why}`).join(""),
    ),
  ];
}
