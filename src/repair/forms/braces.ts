/** `probe /filter/ { action }` of bpftrace and DTrace, in this language. */
import { joined, splitAt, type ForeignForm } from "./form.js";

const CLAUSE = /^\s*([\w$.-]*:[^\s{]*|profile-\d+\w*|tick-\d+\w*)\s*(?:\/(.*?)\/\s*(?=\{))?\{(.*?)\}?\s*$/s;

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
  recognise: (text, { isSource, fieldsOf }) => {
    const [, probe, filter, body = ""] = CLAUSE.exec(text) ?? [];
    if (probe === undefined) return undefined;
    // A system call's arguments are known by their place to DTrace.
    const called = /^syscall::(\w+):entry$/.exec(probe)?.[1];
    const isKnown = called !== undefined && isSource(called);
    const fields = isKnown ? fieldsOf(called) : [];
    const named = body.replace(/\barg(\d)\b/g, (all, n) => fields[Number(n)] ?? all);
    const actions = splitAt(named, ";").filter((part) => part !== "");
    const found = actions.flatMap((action) => actionOf(action) ?? []);
    if (found.length === 0 || found.length < actions.length) return undefined;
    const keys = found.find((action) => action.keys !== undefined)?.keys;
    const shown = found.find((action) => action.shown !== undefined)?.shown;
    return joined(
      isKnown ? called : changed(probe, PROBES),
      shown === undefined ? found.map(({ aggregate = "count()" }) => aggregate).join(", ") : `show ${shown}`,
      keys === undefined || shown !== undefined ? undefined : `by ${keys}`,
      filter === undefined ? undefined : `where ${changed(filter.trim(), VALUES)}`,
    );
  },
};

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
