/** What stands in documents between `made` and `end`. */
import { FORMAT_PARTS } from "./formats.js";
import { LANGUAGE_PARTS } from "./language.js";
import { SOURCE_PARTS } from "./sources.js";
import { TROUBLE_PARTS } from "./troubles.js";

const PARTS: Readonly<Record<string, () => string>> = {
  ...LANGUAGE_PARTS,
  ...FORMAT_PARTS,
  ...SOURCE_PARTS,
  ...TROUBLE_PARTS,
};

export function partNamed(name: string): string {
  const make = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (!make) throw new Error(`there is no part \`${name}\`: there are ${Object.keys(PARTS).join(", ")}`);
  return make();
}
