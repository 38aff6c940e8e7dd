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
  const named = namedBySymbol(calls, varies);
  if (named) return named;
  const rows = calls.map(({ given }) => {
    const values = given.flatMap(({ value }, i) => (varies[i] ? [value] : []));
    return values.length === 1 ? values.join("") : `(${values.join(", ")})`;
  });
  return loop(variables, rows, call);
}

function loop(variables: readonly string[], rows: readonly string[], call: AttachCall): readonly string[] {
  const [head = "", ...rest] = inTuple(`for ${variables.join(", ")} in `, rows, ":", 8);
  // What goes on below the head is set apart from the body.
  return [head, ...indented(rest), ...indented(callLines(call, 8))];
}

/** A loop over symbols alone, where the functions are named after them: `on_malloc` for `malloc`. */
function namedBySymbol(
  calls: readonly AttachCall[],
  varies: readonly boolean[],
): readonly string[] | undefined {
  const [first] = calls;
  const places = first?.given.map(({ name }) => name) ?? [];
  const [symbolAt, functionAt] = [places.indexOf("sym"), places.indexOf("fn_name")];
  if (!first || varies.some((own, i) => own !== (i === symbolAt || i === functionAt))) return undefined;
  const templates = calls.map(({ given }) => {
    const [, symbol] = PLAIN_BYTES.exec(given[symbolAt]?.value ?? "") ?? [];
    const [, own] = PLAIN_BYTES.exec(given[functionAt]?.value ?? "") ?? [];
    const [before, after, ...more] = symbol === undefined ? [] : (own?.split(symbol) ?? []);
    return more.length > 0 || after === undefined ? undefined : `b"${before}%s${after}" % symbol`;
  });
  const [template] = templates;
  if (template === undefined || templates.some((each) => each !== template)) return undefined;
  const given = first.given.map((each, i) =>
    i === symbolAt ? { ...each, value: "symbol" } : i === functionAt ? { ...each, value: template } : each,
  );
  return loop(
    ["symbol"],
    calls.map((each) => each.given[symbolAt]?.value ?? ""),
    { ...first, given },
  );
}

/** Bytes of Python without an escape. */
const PLAIN_BYTES = /^b"(\w+)"$/;
