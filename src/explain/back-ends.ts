/** What the back ends made of a query, ready for JSON. */
import type { ScriptParts } from "../tracers/script.js";
import type { Written } from "./explanation.js";

/** What a back end made of it: the parts of its script, or why there is none. */
export interface Attempt {
  readonly version: string;
  readonly parts?: ScriptParts;
  readonly why?: string;
}

export function written({ version, parts, why }: Attempt): Written {
  if (!parts) return { version, why: why ?? "it cannot be compiled" };
  const maps = parts.maps.map(({ holds, text }) => ({ holds: holds.map((map) => `@${map}`), text }));
  return { version, probes: parts.probes, maps };
}
