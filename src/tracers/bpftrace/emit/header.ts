/** The head of a script, for its reviewer: what was asked, where each source is taken from, what spans keep. */
import { grouped } from "../../../integers.js";
import type { Plan } from "../../../plan/plan.js";
import { noteText, numbersText, processText } from "../../../plan/words.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import type { ScriptForm } from "../../script.js";
import { membersText, type RecordMap, type RecordMaps } from "../records.js";
import { commonRoom } from "../rooms.js";
import type { Dialect } from "../versions.js";
import { attachPoint } from "./probe-block.js";
import { byHandNotes, type EnumNames } from "./by-hand.js";
import { comment } from "./quoting.js";
import { startText, type Settings } from "./settings.js";

export interface HeaderOptions {
  readonly target: string;
  readonly form: ScriptForm;
  readonly settings: Settings;
  readonly names: EnumNames;
}

export function header(
  plan: Plan,
  { target, form, settings, names }: HeaderOptions,
  records: RecordMaps,
  dialect: Dialect,
): string {
  const start = startText(settings, dialect, form);
  const process = processText(plan);
  const lines = [
    ...plan.results.map(({ query }) => comment(query)),
    "",
    comment(`Compiled by Faultline for ${target}, bpftrace ${dialect.version}.`),
    ...(start === undefined ? [] : [comment(start)]),
    ...(process === undefined ? [] : [comment(process)]),
    ...(form === "text" ? reviewLines(plan, dialect) : []),
    ...sourceLines(plan, records, dialect),
    ...(form === "text" ? byHandNotes(plan, names).map((note) => comment(`By hand: ${note}`)) : []),
    ...plan.notes.map((note) => comment(`Note: ${noteText(note)}`)),
  ];
  return ["/*", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"].join("\n");
}

/** What the code does not say, for who runs it by hand. */
function reviewLines(plan: Plan, dialect: Dialect): string[] {
  const room = grouped(commonRoom(plan, dialect));
  const numbers = numbersText(plan);
  const hasMaps = plan.states.length > 0 || plan.results.some((result) => result.kind !== "rows");
  return [
    ...(hasMaps ? [`Room: ${room} keys in a map; those for which there is none are not counted`] : []),
    ...(numbers === undefined ? [] : [comment(numbers)]),
  ];
}

/** Of each source: its probes, why they are not others, and what a span keeps from its begin to its end. */
function sourceLines(plan: Plan, records: RecordMaps, dialect: Dialect): string[] {
  const kept = [...records.values()];
  const sources = new Set([...plan.choices.map((c) => c.source), ...kept.map(({ state }) => state.span)]);
  const places = plan.probes.map(({ point }) => pointText(point));
  return [...sources].flatMap((source) => {
    // As the probes come in the script: a begin before its end.
    const choices = plan.choices
      .filter((choice) => choice.source === source)
      .sort((a, b) => places.indexOf(pointText(a.point)) - places.indexOf(pointText(b.point)));
    const points = choices.map(({ point }) => attachPoint(point, dialect)).join(", ");
    const keeps = kept.filter(({ state }) => state.span === source).flatMap(mapTexts);
    return [
      comment(`${source}: ${[...(points === "" ? [] : [points]), ...keeps].join("; ")}`),
      ...choices.flatMap(({ passedOver }) =>
        passedOver.map(({ point, why }) => `  ${comment(`not ${point}: ${why}`)}`),
      ),
    ];
  });
}

function mapTexts(record: RecordMap): string[] {
  const { state, apart } = record;
  const key = state.key.map(({ name }) => name).join(", ");
  return [
    `@${state.name}[${key}] = ${membersText(record)}`,
    ...apart.map(({ field, map }) => `@${map}[${key}] = ${field}`),
  ];
}
