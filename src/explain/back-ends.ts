/** The scripts that the back ends wrote for a query, as data for JSON. */
import type { ScriptParts } from "../tracers/script.js";
import type { Written } from "./explanation.js";

/** The result of one back end: the parts of the script that runs, or the reason why there is none. */
export interface Attempt {
  /** The name in the registry of back ends. */
  readonly name: string;
  readonly title: string;
  /** The version of the tracer, if the back end writes for one. */
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
