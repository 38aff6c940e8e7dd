/** Repairs one of the texts that a request consists of: the query, or that of an option. */
import type { Diagnostic, Source } from "../diagnostics/diagnostic.js";
import { AMENDABLE, type AmendableClause } from "../syntax/clauses.js";
import type { Amendments } from "../syntax/amend.js";
import { repair, type Repairable } from "./repair.js";
import type { Vocabulary } from "./vocabulary.js";

/** The parts of a request that texts come from. */
export interface Requested {
  readonly text: string;
  readonly name?: string;
  readonly tool?: { readonly name: string; readonly arguments: Readonly<Record<string, string>> };
  readonly amendments?: Amendments;
}

type JudgeRequest<R> = (text: string, request: R) => { readonly diagnostics: readonly Diagnostic[] };

/** Whether there is anything to offer, or something may be found. */
export function isRepairable({ severity, advice }: Diagnostic): boolean {
  return severity === "error" || advice !== undefined;
}

export function repairAll<R extends Requested>(
  diagnostics: readonly Diagnostic[],
  request: R,
  vocabulary: (text: string) => Vocabulary,
  judge: JudgeRequest<R>,
): readonly Diagnostic[] {
  for (const { source } of diagnostics.filter(isRepairable)) {
    const text = repairableOf(source, request, vocabulary, judge);
    if (text) return repair(text, diagnostics);
  }
  return diagnostics;
}

function repairableOf<R extends Requested>(
  source: Source,
  request: R,
  vocabulary: (text: string) => Vocabulary,
  judge: JudgeRequest<R>,
): Repairable | undefined {
  if (source.isImported === true) return undefined;
  const { text: whole, tool, amendments } = request;
  if (source.text === whole && source.name === (request.name ?? "query"))
    return { source, before: "", vocabulary, judge: (text) => judge(text, request).diagnostics };
  const option = /^--([\w-]+)$/.exec(source.name)?.[1]?.replaceAll("-", "_");
  if (option === undefined) return undefined;
  if (isClause(option) && amendments?.[option] === source.text)
    return {
      source,
      before: `${option} `,
      vocabulary: () => vocabulary(tool?.name ?? whole),
      judge: (text) =>
        judge(whole, { ...request, amendments: { ...amendments, [option]: text } }).diagnostics,
    };
  if (tool?.arguments[option] !== source.text) return undefined;
  return {
    source,
    before: "",
    vocabulary,
    judge: (text) =>
      judge(whole, { ...request, tool: { ...tool, arguments: { ...tool.arguments, [option]: text } } })
        .diagnostics,
  };
}

function isClause(word: string): word is AmendableClause {
  return (AMENDABLE as readonly string[]).includes(word);
}
