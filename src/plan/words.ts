/** Text for purposes, notes and states, in comments of scripts and in messages. */
import type { PlanNote, Purpose, SpanState } from "./plan.js";

/** `malloc_call: record the start of allocation`. */
export function purposeText(purposes: readonly Purpose[]): string {
  const texts = purposes.map(({ source, does, about }) => (about === source ? does : `${source}: ${does}`));
  return [...new Set(texts)].join("; ");
}

/** `each open allocation, by pid, address`. */
export function stateText({ span, key }: Pick<SpanState, "span" | "key">): string {
  const by = key.length === 0 ? "" : `, by ${key.map(({ name }) => name).join(", ")}`;
  return `each open ${span}${by}`;
}

export function noteText({ source, text }: PlanNote): string {
  return source === undefined ? text : `${source}: ${text}`;
}
