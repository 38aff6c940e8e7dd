/** Several probes in one place: those that are listed, and `kprobe:vfs_{read,write}`, which stands for a list. */
import type { Name, ProbePart, ProbeSource, ProviderDefinition, Trigger } from "../../syntax/tree.js";
import { limited } from "../limited.js";
import { MOST_PARTS } from "../limits.js";
import type { Context } from "../context.js";

/** Returns a probe for each way to choose from the braces in its parts. */
export function probesOf(source: ProbeSource, context: Context): readonly ProbeSource[] {
  const { probe } = source;
  let found: readonly (readonly ProbePart[])[] = [[]];
  for (const part of probe.parts) {
    const choices = part.quoted ? [part.value] : choicesIn(part.value);
    const longer = found.flatMap((before) => choices.map((value) => [...before, { ...part, value }]));
    found = limited(
      longer.map((parts) => ({ parts, span: part.span })),
      MOST_PARTS,
      "probes in these braces",
      "use a `*`",
      context,
    ).map(({ parts }) => parts);
  }
  return found.map((parts) => ({ ...source, probe: { ...probe, parts } }));
}

/** `vfs_{read,write}` is `vfs_read` and `vfs_write`. */
function choicesIn(text: string): readonly string[] {
  const [, before = "", inside = "", after = ""] = /^([^{]*)\{([^}]*)\}(.*)$/s.exec(text) ?? [];
  if (inside === "") return [text];
  const ends = choicesIn(after);
  return inside
    .split(",")
    .slice(0, MOST_PARTS)
    .flatMap((choice) => ends.slice(0, MOST_PARTS).map((end) => before + choice + end));
}

/** The triggers of a provider, one or several, each with what the provider does there. */
export function eachTrigger(definition: ProviderDefinition, context: Context): readonly ProviderDefinition[] {
  const { more = [], ...first } = definition;
  const triggers = [first.trigger, ...more].flatMap((trigger): readonly Trigger[] =>
    trigger.kind === "probeSource" ? probesOf(trigger, context) : [trigger],
  );
  return triggers.map((trigger) => ({ ...first, trigger }));
}

/** What a trigger is called. */
export function nameOfTrigger(trigger: Trigger): Name {
  if (trigger.kind === "namedSource") return trigger.name;
  const { parts } = trigger.probe;
  return { kind: "name", span: trigger.span, text: parts.at(-1)?.value ?? "probe" };
}
