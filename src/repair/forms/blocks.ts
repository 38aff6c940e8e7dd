/** Splits a script of bpftrace or DTrace into its blocks: `probe, probe /filter/ { action; action }`. */
import { afterBracket, scan } from "../scan.js";
import { splitAt } from "./form.js";

export interface ScriptBlock {
  readonly probes: readonly string[];
  readonly filter?: string;
  readonly actions: readonly string[];
}

const PROBE = /^(?:[\w$.-]*:[^\s{,]*|profile-\d+\w*|tick-\d+\w*|BEGIN|END|begin|end)$/;
/** What is before the braces. A glob of a probe has a slash and a star only within it. */
const HEAD = /^([^/{]*?(?:\/[^\s{,]*[^\s{,/])?)\s*(?:\/(.*)\/)?\s*$/s;
const ONE_LINER = /^\s*(?:sudo\s+)?(?:bpftrace|dtrace)\s+(?:-[enq]+\s+)+(['"])(.*)\1\s*;?\s*$/s;
const COMMENTS = /\/\/[^\n]*|\/\*.*?\*\/|^#![^\n]*/gs;

/** Undefined if it is something else. The last block may be without its brace. */
export function scriptBlocks(text: string): readonly ScriptBlock[] | undefined {
  const script = (ONE_LINER.exec(text)?.[2] ?? text).replace(COMMENTS, " ").trim();
  const pieces = scan(script);
  const blocks: ScriptBlock[] = [];
  for (let from = 0; from < pieces.length;) {
    const open = pieces.findIndex(({ kind, text: mark }, i) => i >= from && kind === "mark" && mark === "{");
    if (open < 0) return undefined;
    const after = afterBracket(pieces, open);
    const [first, brace] = [pieces[from]?.start, pieces[open]?.start ?? 0];
    const end = after === undefined ? script.length : pieces[after - 1]?.start;
    const block = blockOf(script.slice(first, brace).trim(), script.slice(brace + 1, end));
    if (!block) return undefined;
    blocks.push(block);
    from = after ?? pieces.length;
    while (pieces[from]?.text === ";") from++;
  }
  return blocks.length > 0 ? blocks : undefined;
}

function blockOf(head: string, body: string): ScriptBlock | undefined {
  const [, names = "", filter] = HEAD.exec(head) ?? [];
  const probes = names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (probes.length === 0 || !probes.every((name) => PROBE.test(name))) return undefined;
  const actions = splitAt(body, ";").filter((part) => part !== "");
  return { probes, actions, ...(filter === undefined ? {} : { filter: filter.trim() }) };
}
