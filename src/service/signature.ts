/** What the call at the cursor takes. */
import { definitionOf, isAggregateFunction } from "../aggregates/aggregates.js";
import { takenBy } from "../semantics/expression/functions.js";
import { M } from "../syntax/grammar/tokens.js";
import { tokensOf } from "./completion/region.js";
import { signatureOf } from "./hover.js";
import { isFromPart } from "./parts.js";
import type { Analysis } from "./workspace.js";

export interface Signature {
  readonly label: string;
  readonly about: string;
  readonly parameters: readonly string[];
  /** The index of the parameter at the cursor. */
  readonly active: number;
}

export function signatureAt(analysis: Analysis, offset: number): Signature | undefined {
  const start = analysis.parts.findLast((each) => isFromPart(each, offset))?.start ?? 0;
  const tokens = tokensOf(analysis.source.text.slice(start, offset));
  const open: { readonly at: number; commas: number }[] = [];
  tokens.forEach(({ tokenType }, at) => {
    if (tokenType === M.LParen) open.push({ at, commas: 0 });
    if (tokenType === M.RParen) open.pop();
    const last = open.at(-1);
    if (tokenType === M.Comma && last) last.commas++;
  });
  const call = open.at(-1);
  const name = call && tokens[call.at - 1]?.image;
  if (!call || name === undefined) return undefined;
  const about = isAggregateFunction(name) ? definitionOf(name).words.help : takenBy(name);
  if (about === undefined) return undefined;
  const label = signatureOf(name);
  const parameters =
    /\((.*)\)/
      .exec(label)?.[1]
      ?.split(", ")
      .filter((each) => each !== "") ?? [];
  return { label, about, parameters, active: Math.min(call.commas, Math.max(0, parameters.length - 1)) };
}
