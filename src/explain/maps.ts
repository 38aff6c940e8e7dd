/** The maps that a script keeps in the kernel, for a reader: their keys and values, and how large they are. */
import { definitionOf } from "../aggregates/aggregates.js";
import { aggregateInputs } from "../plan/aggregate-inputs.js";
import { isRows, sentColumns } from "../plan/columns.js";
import type { Plan, SpanState } from "../plan/plan.js";
import { isRunning } from "../plan/running.js";
import { stateText } from "../plan/words.js";
import type { Footprint, KernelMap, MapContent } from "../tracers/back-end.js";
import { typeName } from "../types/types.js";
import type { ExplainedMap } from "./explanation.js";
import { cText } from "./prose-expression.js";

export function mapsOf(plan: Plan, { maps }: Footprint): ExplainedMap[] {
  return maps.flatMap((map) => {
    const described = descriptionOf(map, plan);
    const { perCpu, entries, sets, bytes, whenFull } = map;
    return described
      ? [{ ...described, perCpu, entries, ...(sets === undefined ? {} : { sets }), bytes, whenFull }]
      : [];
  });
}

type Description = Pick<ExplainedMap, "name" | "role" | "holds" | "keys" | "value">;

function descriptionOf({ name, content }: KernelMap, plan: Plan): Description | undefined {
  switch (content.kind) {
    case "aggregate":
      return aggregateMap(name, content, plan);
    case "state": {
      const state = plan.states.find((each) => each.name === content.state);
      return state && stateMap(name, content, state);
    }
    case "change":
      return changeMap(name, content, plan);
    case "stacks":
      return {
        name,
        role: "stacks",
        holds: "the stacks themselves, one table for all maps, which have their numbers",
        keys: [{ name: "number", type: "int" }],
        value: "up to 127 addresses",
      };
  }
}

function changeMap(
  name: string,
  { result: index, sum, hasGroups, hasSteps }: MapContent & { kind: "change" },
  plan: Plan,
): Description | undefined {
  const result = plan.results[index];
  if (!isRunning(result)) return undefined;
  const labels = result.aggregates.flatMap(({ label }, i) => (result.running.of[i] === sum ? [label] : []));
  return {
    name: `@${name}`,
    role: "result",
    holds: labels.length > 0 ? labels.join(", ") : "how many are open",
    keys: [
      ...(hasGroups ? [{ name: "group", type: "int" }] : []),
      ...(hasSteps ? [{ name: "step", type: "int" }] : []),
    ],
    value: "what was added and taken off since it was last read",
  };
}

function aggregateMap(
  name: string,
  { result: index, aggregate: position, keyPart }: MapContent & { kind: "aggregate" },
  plan: Plan,
): Description | undefined {
  const result = plan.results[index];
  const aggregate = result && !isRows(result) ? result.aggregates[position] : undefined;
  if (!result || isRows(result) || !aggregate) return undefined;
  const { value } = aggregateInputs(plan, index, position);
  return {
    name: `@${name}`,
    role: "result",
    holds: result.aggregates.flatMap((each) => (each.map === aggregate.map ? [each.label] : [])).join(", "),
    keys: [
      ...sentColumns(result).map((key) => ({ name: key.label, type: typeName(key.type) })),
      ...(keyPart === "bucket" ? [{ name: "bucket", type: "int" }] : []),
      ...(keyPart === "value" && value ? [{ name: cText(value), type: typeName(value.type) }] : []),
    ],
    value: definitionOf(aggregate.fn).words.keeps,
  };
}

function stateMap(
  name: string,
  { fields, isApart }: MapContent & { kind: "state" },
  state: SpanState,
): Description {
  return {
    name: `@${name}`,
    role: "state",
    holds: isApart ? `${fields.join(", ")} of ${stateText(state)}` : stateText(state),
    keys: state.key.map((key) => ({ name: key.name, type: typeName(key.type) })),
    value: valueText(fields, state),
  };
}

function valueText(fields: readonly string[], state: SpanState): string {
  const named = fields.flatMap((field) => state.fields.filter(({ name }) => name === field));
  if (named.length === 0) return "that it has begun";
  return named
    .map(({ name, type }) => (name === typeName(type) ? name : `${name} (${typeName(type)})`))
    .join(", ");
}
