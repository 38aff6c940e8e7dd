/** The calls that attach functions; many of one kind become a loop over a table. */
import { indented } from "../quoting.js";
import { callLines, type AttachCall } from "./attach.js";
import { inTuple } from "./lines.js";

/** Calls of one kind that a loop is shorter than. */
const FEW = 2;

/** The names of loop variables, where those of BCC's parameters are too short. */
const VARIABLES: Readonly<Record<string, string>> = {
  name: "library",
  sym: "symbol",
  sym_off: "offset",
  addr: "address",
  event_off: "offset",
  tp: "tracepoint",
  fn_name: "function",
};

/**
 * What ends a span is attached before what begins it, and a return before its call: an end without its begin is ignored,
 * and a begin whose end is missed would stay open. The probes of a plan are in the opposite order.
 */
export function attachCalls(calls: readonly AttachCall[]): readonly string[] {
  const kinds = new Map<string, AttachCall[]>();
  const last = [...calls].reverse();
  for (const call of [...last.filter(isReturn), ...last.filter((each) => !isReturn(each))]) {
    const kind = JSON.stringify([call.method, call.given.map(({ name }) => name)]);
    const same = kinds.get(kind);
    if (same) same.push(call);
    else kinds.set(kind, [call]);
  }
  return [...kinds.values()].flatMap(loopOf);
}

function isReturn({ method }: AttachCall): boolean {
  return method === "attach_uretprobe" || method === "attach_kretprobe";
}

function loopOf(calls: readonly AttachCall[]): readonly string[] {
  const [first] = calls;
  if (!first || calls.length <= FEW) return calls.flatMap((call) => callLines(call));
  const varies = first.given.map(({ value }, i) => calls.some(({ given }) => given[i]?.value !== value));
  const variables = first.given.flatMap(({ name }, i) => (varies[i] ? [VARIABLES[name] ?? name] : []));
  const call: AttachCall = {
    ...first,
    given: first.given.map((each, i) =>
      varies[i] ? { ...each, value: VARIABLES[each.name] ?? each.name } : each,
    ),
  };
  const rows = calls.map(({ given }) => {
    const values = given.flatMap(({ value }, i) => (varies[i] ? [value] : []));
    return values.length === 1 ? values.join("") : `(${values.join(", ")})`;
  });
  const [head = "", ...rest] = inTuple(`for ${variables.join(", ")} in `, rows, ":", 8);
  // What goes on below the head is set apart from the body.
  return [head, ...indented(rest), ...indented(callLines(call, 8))];
}
