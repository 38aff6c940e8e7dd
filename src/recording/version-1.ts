/**
 * Recordings of version 1, in the form of today. There each field that a span kept was a state map of its own, notes
 * were texts, and what is open was one kind of result. What is not as it was then is left for the check that follows.
 */

type JsonMembers = Readonly<Record<string, unknown>>;

/** The one field that each state is made to have. */
const FIELD = "value";

/** `header` is JSON that was parsed. */
export function fromVersion1(header: JsonMembers): JsonMembers {
  const { maps, plan } = header;
  return {
    ...header,
    version: 2,
    ...(Array.isArray(maps) ? { maps: maps.map(mapPair) } : {}),
    ...(isObject(plan) ? { plan: planOf(plan) } : {}),
  };
}

function mapPair(pair: unknown): unknown {
  if (!Array.isArray(pair)) return pair;
  const [name, role] = pair as readonly unknown[];
  return isObject(role) && role["holds"] === "state" ? [name, { ...role, members: [FIELD] }] : pair;
}

function planOf(plan: JsonMembers): JsonMembers {
  const { states, notes, results } = plan;
  return {
    ...plan,
    ...(Array.isArray(states) ? { states: states.map(stateOf) } : {}),
    ...(Array.isArray(notes) ? { notes: notes.map((text: unknown) => ({ text })) } : {}),
    ...(Array.isArray(results) ? { results: results.map(resultOf) } : {}),
  };
}

function stateOf(state: unknown): unknown {
  if (!isObject(state)) return state;
  const { name, value } = state;
  return { name, span: name, key: [], fields: [{ name: FIELD, type: value }] };
}

function resultOf(result: unknown): unknown {
  if (!isObject(result) || result["kind"] !== "open") return result;
  const { entries, columns, keys, aggregates, ...others } = withFields(result) as JsonMembers;
  return Array.isArray(columns) && columns.length > 0
    ? { ...others, kind: "openRows", state: entries, columns }
    : { ...others, kind: "openGroups", state: entries, keys, aggregates };
}

/** Expressions that read a state map, as those that read a field. */
function withFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFields);
  if (!isObject(value)) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withFields(part)]));
  const { op, map, ...others } = members;
  return op === "state" ? { op, ...others, state: map, field: FIELD } : members;
}

function isObject(value: unknown): value is JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
