/** Scripts of bpftrace and DTrace, in this language. */
import type { Vocabulary } from "../vocabulary.js";
import { scriptBlocks, type ScriptBlock } from "./blocks.js";
import { joined, splitAt, type ForeignForm } from "./form.js";

/** Probes of DTrace, and what is the same here. */
const PROBES: readonly (readonly [RegExp, string])[] = [
  [/^syscall::(\w+):entry$/, "tracepoint:syscalls:sys_enter_$1"],
  [/^syscall::(\w+):return$/, "tracepoint:syscalls:sys_exit_$1"],
  [/^fbt:\w*:(\w+):entry$/, "kprobe:$1"],
  [/^fbt:\w*:(\w+):return$/, "kretprobe:$1"],
  [/^pid[\w$]*:[\w.*]*:(\w+):(?:entry|return)$/, "$1"],
  [/^vminfo:::\w*fault$/, "faults"],
  [/^io:::start$/, "block_io"],
  [/^proc:::exec-success$/, "exec"],
  [/^profile[:-](?:hz:)?(\d+)(?:hz)?$/, "profile:hz:$1"],
];

/** Words of bpftrace and DTrace in values. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/->/g, "."],
  [/&&/g, " and "],
  [/\|\|/g, " or "],
  [/!(?![=~])/g, "not "],
  [/\bexecname\b/g, "comm"],
  [/\b(ustack|kstack)\s*\([^)]*\)/g, "$1"],
  [/\bstack\s*\(\s*\d*\s*\)/g, "kstack"],
  [/\bjstack\s*\(\s*\d*\s*\)/g, "ustack"],
  [/\b(?:nsecs|timestamp)\b/g, "elapsed"],
  [/\bcopyinstr\s*\(/g, "str("],
  [/\bprobefunc\b|\bfunc\b/g, "probe"],
  [/\s{2,}/g, " "],
];

export const BRACES: ForeignForm = {
  says: "this is bpftrace's way to write it: here a query says what to count or show, by what, and where; maps and output are made for it",
  recognise: (text, vocabulary) => {
    const blocks = scriptBlocks(text);
    if (!blocks) return undefined;
    const timers = blocks.filter(isTimer);
    const traced = blocks.filter((block) => !isTimer(block) && !isFrame(block));
    const span = spanOf(traced);
    const queries = traced.flatMap((block) => {
      if (block === span?.begin) return [];
      const asked = block === span?.end ? span.measured : block;
      return asked.probes.map((probe) => queryOf(asked, probe, vocabulary));
    });
    const clauses = timers.flatMap((block) => timerClause(block) ?? []);
    if (queries.length === 0 || queries.includes(undefined) || clauses.length < timers.length)
      return undefined;
    return joined(span?.definition, queries.map((query) => joined(query, ...clauses)).join("; "));
  },
};

function queryOf(
  { filter, actions }: ScriptBlock,
  probe: string,
  { isSource, fieldsOf }: Vocabulary,
): string | undefined {
  // A system call's arguments are known by their place to DTrace.
  const called = /^syscall::(\w+):entry$/.exec(probe)?.[1];
  const isKnown = called !== undefined && isSource(called);
  const fields = isKnown ? fieldsOf(called) : [];
  const named = inlined(actions).map((action) =>
    action.replace(/\barg(\d)\b/g, (all, n) => fields[Number(n)] ?? all),
  );
  const found = named.flatMap((action) => actionOf(action) ?? []);
  if (found.length === 0 || found.length < named.length) return undefined;
  const keys = found.find((action) => action.keys !== undefined)?.keys;
  const shown = found.find((action) => action.shown !== undefined)?.shown;
  return joined(
    isKnown ? called : changed(probe, PROBES),
    shown === undefined ? found.map(({ aggregate = "count()" }) => aggregate).join(", ") : `show ${shown}`,
    keys === undefined || shown !== undefined ? undefined : `by ${keys}`,
    filter === undefined ? undefined : `where ${changed(filter, VALUES)}`,
  );
}

/** The actions with the values of variables (`$size = args->len`) where these are used. */
function inlined(actions: readonly string[]): readonly string[] {
  const values = new Map<string, string>();
  return actions.flatMap((action) => {
    const used = action.replace(/\$\w+(?!\s*=[^=])/g, (name) => values.get(name) ?? name);
    const [, name, value] = /^(\$\w+)\s*=\s*([^=].*)$/s.exec(used) ?? [];
    if (name === undefined || value === undefined) return [used];
    values.set(name, /^[\w.>[\]()-]+$/.test(value) ? value : `(${value})`);
    return [];
  });
}

interface BlockAction {
  readonly keys?: string;
  readonly aggregate?: string;
  readonly shown?: string;
}

function actionOf(action: string): BlockAction | undefined {
  const written = changed(action, VALUES);
  const [, keys, by, sum, call] =
    /^@\w*\s*(?:\[(.*?)\])?\s*(?:(\+\+)|\+=\s*(.+)|=\s*(\w+\s*\(.*\)))$/s.exec(written) ?? [];
  const keyed = keys === undefined ? {} : { keys };
  if (by !== undefined) return { ...keyed, aggregate: "count()" };
  if (sum !== undefined) return { ...keyed, aggregate: `sum(${sum})` };
  if (call !== undefined) return { ...keyed, aggregate: call };
  const [, args] = /^(?:printf|print|trace|printa)\s*\((.*)\)$/s.exec(written) ?? [];
  if (args === undefined) return undefined;
  const values = splitAt(args, ",").filter((part) => !part.startsWith('"'));
  return { shown: ["time", ...values.filter((value) => value !== "time")].join(", ") };
}

function changed(text: string, table: readonly (readonly [RegExp, string])[]): string {
  return table.reduce((result, [pattern, by]) => result.replace(pattern, by), text).trim();
}

// -------------------------------------------------------------------- frame

/** What is done before and after: there is nothing of it here. */
function isFrame({ probes }: ScriptBlock): boolean {
  return probes.every((probe) => /^(?:BEGIN|END)$/i.test(probe));
}

const TIMER = /^(?:interval:(s|ms|us|hz):|tick-)(\d+)(s|sec|ms|us|m|min)?$/;

function isTimer({ probes }: ScriptBlock): boolean {
  return probes.length === 1 && TIMER.test(probes[0] ?? "");
}

/** A timer that exits ends the query; one that prints is its interval. */
function timerClause({ probes: [probe = ""], actions }: ScriptBlock): string | undefined {
  const [, unit, number, suffix] = TIMER.exec(probe) ?? [];
  const named = unit ?? suffix?.replace(/^sec$/, "s").replace(/^min$/, "m") ?? "";
  if (number === undefined || named === "" || named === "hz") return undefined;
  const does = (pattern: RegExp): boolean => actions.some((action) => pattern.test(action));
  if (does(/^exit\s*\(/)) return `for ${number}${named}`;
  return does(/^(?:print|printa|clear|zero|trunc)\s*\(/) ? `every ${number}${named}` : undefined;
}

// -------------------------------------------------------------------- spans

interface FoundSpan {
  readonly begin: ScriptBlock;
  readonly end: ScriptBlock;
  /** The block of the end, as one of the span. */
  readonly measured: ScriptBlock;
  readonly definition: string;
}

const KEPT = /^(?:(@\w*)\s*\[\s*(tid|pid)\s*\]|(self->\w+))\s*=\s*(?:nsecs|timestamp|elapsed)$/;

/** A time that is kept at one probe and taken from that of another: `@start[tid] = nsecs`, and its latency. */
function spanOf(blocks: readonly ScriptBlock[]): FoundSpan | undefined {
  for (const begin of blocks) {
    const [, map, key = "tid", self] = begin.actions.map((each) => KEPT.exec(each)).find((m) => m) ?? [];
    const kept = map === undefined ? self : `${map}\\s*\\[\\s*${key}\\s*\\]`;
    const isOf = (pattern: string, text: string): boolean => new RegExp(pattern).test(text);
    const end = kept && blocks.find((each) => each !== begin && each.actions.some((a) => isOf(kept, a)));
    const [from, to] = [begin.probes[0], end ? end.probes[0] : undefined];
    if (!kept || !end || from === undefined || to === undefined) continue;
    const time = `\\(?\\s*\\b(?:nsecs|timestamp|elapsed)\\s*-\\s*${kept}\\s*\\)?(?:\\s*\\)?\\s*/\\s*10+\\b)?`;
    const filters = [begin.filter, end.filter]
      .flatMap((filter) => (filter ?? "").split("&&"))
      .map((term) => term.trim())
      .filter((term) => term !== "" && !isOf(`^!?\\s*${kept}(?:\\s*!=\\s*0)?$`, term));
    const actions = end.actions
      .filter((action) => !isOf(`^(?:delete\\s*\\(\\s*)?${kept}(?:\\s*\\)|\\s*=\\s*0)$`, action))
      .filter((action) => !isOf(`^delete\\s*\\(\\s*${map ?? "-"}\\s*,\\s*${key}\\s*\\)$`, action))
      .map((action) => action.replace(new RegExp(time, "g"), "latency"));
    const name = `${(changed(from, PROBES).split(":").at(-1) ?? "").replace(/\W/g, "_")}_span`;
    const filter = filters.length > 0 ? { filter: filters.join(" && ") } : {};
    const definition = `span ${name} on ${key} { begin ${changed(from, PROBES)} end ${changed(to, PROBES)} }`;
    return { begin, end, measured: { probes: [name], actions, ...filter }, definition };
  }
  return undefined;
}
