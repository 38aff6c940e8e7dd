/** Splits a script of bpftrace or DTrace into its blocks: `probe, probe /filter/ { action; action }`. */
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
  const blocks: ScriptBlock[] = [];
  for (let at = 0; at < script.length;) {
    const open = script.indexOf("{", at);
    if (open < 0) return undefined;
    const close = closing(script, open);
    const block = blockOf(script.slice(at, open).trim(), script.slice(open + 1, close));
    if (!block) return undefined;
    blocks.push(block);
    at = close + 1;
    while (/[\s;]/.test(script.charAt(at))) at++;
  }
  return blocks.length > 0 ? blocks : undefined;
}

function closing(script: string, open: number): number {
  let depth = 0;
  let quote = "";
  for (let i = open; i < script.length; i++) {
    const c = script.charAt(i);
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"') quote = c;
    else if (c === "{") depth++;
    else if (c === "}" && --depth === 0) return i;
  }
  return script.length;
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
