/** The fields that expressions and steps need from a source, and the parts that they consist of. */
import { remembered } from "../lazy.js";
import { isCommon } from "../semantics/source/probe-scope.js";
import type { CheckedSource, Typed } from "../semantics/typed.js";
import type { Step } from "./plan.js";
import { substitute } from "./substitute.js";

/** Expands a span's own fields to fields of its begin and end. */
export function expand(value: Typed, source: CheckedSource & { kind: "span" }): Typed {
  const ownField = remembered((name) => {
    const own = source.fields.get(name);
    return own && go(own);
  });
  const go = (part: Typed): Typed =>
    substitute(part, (field) => (field.side === undefined ? ownField(field.name) : undefined) ?? field);
  return go(value);
}

/** The names of the fields that one side must provide, including the keys. */
export function sideNames(
  values: readonly Typed[],
  side: "begin" | "end",
  source: CheckedSource & { kind: "span" },
  endGives: ReadonlySet<string>,
): ReadonlySet<string> {
  const names = new Set(source.keys);
  for (const value of values)
    substitute(value, (field) => {
      const of = field.side ?? (isCommon(field.name) || endGives.has(field.name) ? "end" : "begin");
      if (of === side && field.name !== "latency") names.add(field.name);
      return field;
    });
  return names;
}

/** The names of all fields in these expressions. */
export function fieldNames(values: readonly Typed[]): Set<string> {
  const names = new Set<string>();
  for (const value of values)
    substitute(value, (field) => {
      names.add(field.name);
      return field;
    });
  return names;
}

/** All expressions of a step. */
export function valuesOf(step: Step): readonly Typed[] {
  switch (step.do) {
    case "let":
    case "unmatched":
      return [step.value];
    case "when":
      return [...step.all, ...step.then.flatMap(valuesOf)];
    case "times":
      return [step.count, ...step.then.flatMap(valuesOf)];
    case "store":
      return [...step.key, ...step.values];
    case "add":
      return [...step.key, step.value];
    case "change":
    case "remove":
      return step.key;
    case "aggregate":
      return [...step.key, ...step.updates.flatMap(({ value }) => value ?? [])];
    case "emit":
      return step.values;
    case "unseen":
      return [];
  }
}

/** The steps of probes, those inside other steps included. */
export function allSteps(probes: readonly { readonly steps: readonly Step[] }[]): readonly Step[] {
  const all = (steps: readonly Step[]): readonly Step[] =>
    steps.flatMap((step) => {
      if ("then" in step) return [step, ...all(step.then)];
      return step.do === "store" ? [step, ...(step.stored ?? [])] : [step];
    });
  return probes.flatMap(({ steps }) => all(steps));
}

/** Whether any of these expressions reads a local value of the plan. */
export function readsLocal(values: readonly Typed[], name: string): boolean {
  return values.flatMap(partsOf).some((part) => part.op === "local" && part.name === name);
}

/** An expression and all of its subexpressions. */
export function partsOf(value: Typed): readonly Typed[] {
  return [value, ...operandsOf(value).flatMap(partsOf)];
}

/** The expressions directly within an expression. */
export function operandsOf(value: Typed): readonly Typed[] {
  return Object.values(value)
    .flatMap((part: unknown) => (Array.isArray(part) ? part : [part]))
    .filter(isTyped);
}

/** Rebuilds an expression or a step with other expressions in place of those for which `replace` returns one. */
export function rewritten<T>(tree: T, replace: (value: Typed) => Typed | undefined): T {
  const go = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(go);
    if (typeof part !== "object" || part === null) return part;
    const other = isTyped(part) ? replace(part) : undefined;
    return other ?? Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, go(inner)]));
  };
  return go(tree) as T;
}

/** The states that steps store, add to or remove. */
export function statesChangedBy(steps: readonly Step[]): readonly string[] {
  return allSteps([{ steps }]).flatMap((step) =>
    step.do === "store" || step.do === "add" || step.do === "remove" ? [step.state] : [],
  );
}

export function isTyped(part: unknown): part is Typed {
  return typeof part === "object" && part !== null && "op" in part;
}
