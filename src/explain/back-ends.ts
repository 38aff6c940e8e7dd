/** What the back ends made of a query, ready for JSON. */
import type { ScriptParts } from "../tracers/script.js";
import type { Written } from "./explanation.js";

/** What a back end made of it: the parts of the script that runs, or why there is none. */
export interface Attempt {
  /** As the registry of back ends has it. */
  readonly name: string;
  readonly title: string;
  /** Of the tracer that is written for, where there is one. */
  readonly version?: string;
  readonly parts?: ScriptParts;
  readonly why?: string;
}

export function written({ name, title, version, parts, why }: Attempt): Written {
  const by = { name, title, ...(version === undefined ? {} : { version }) };
  if (!parts) return { ...by, why: why ?? "it cannot be compiled" };
  const maps = parts.maps.map(({ holds, text }) => ({ holds: holds.map((map) => `@${map}`), text }));
  return { ...by, probes: parts.probes, maps, added: parts.added };
}
