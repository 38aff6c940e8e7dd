/** What `faultline overhead` found, as a table or as JSON. */
import { jsonDocument } from "../view/value/escape.js";
import { formatDuration } from "../view/value/format-value.js";
import { layOut } from "../view/table/layout.js";
import type { CostRange } from "../costs/cost.js";
import { wayCost, type CostContext, type EventCost } from "../explain/event-cost.js";
import { originLines, percentText, rangeText } from "../explain/render-cost.js";
import type { NamedProgram } from "./program-names.js";
import { spreadOf, type Measurement, type Pair, type Spread } from "./overhead.js";

interface CostRow {
  readonly what: "wall" | "cpu";
  readonly without: Spread;
  readonly with: Spread;
  /** That of the medians; the range is that of the pairs, which contains it. */
  readonly ratio: Spread | undefined;
}

function rowsOf(pairs: readonly Pair[]): CostRow[] {
  return (["wall", "cpu"] as const).flatMap((what) => {
    const without = spreadOf(pairs.map((pair) => pair.without[what]));
    const withIt = spreadOf(pairs.map((pair) => pair.with[what]));
    if (!without || !withIt) return [];
    // A time too short to measure has no ratio.
    const isShort = pairs.some((pair) => pair.without[what] <= 0);
    const ofPairs = isShort ? undefined : spreadOf(pairs.map((pair) => pair.with[what] / pair.without[what]));
    const ratio = ofPairs && { ...ofPairs, median: withIt.median / without.median };
    return [{ what, without, with: withIt, ratio }];
  });
}

/** Where the CPU time that tracing added was spent, in seconds; only from the medians of the pairs. */
interface Added {
  readonly cpu: number;
  /** In the programs, by the kernel's count. */
  readonly programs: number;
  /** The share of the rest: the way to the programs and back, as by traps. */
  readonly wayShare: number;
}

/** Undefined if the command's own time varies too much to tell. */
export function addedBy({ pairs, programs }: Pick<Measurement, "pairs" | "programs">): Added | undefined {
  const { nanoseconds } = totalOf(programs);
  const row = rowsOf(pairs).find(({ what }) => what === "cpu");
  const inPrograms = nanoseconds / 1e9;
  if (!row || nanoseconds === 0) return undefined;
  const cpu = row.with.median - row.without.median;
  return cpu <= inPrograms ? undefined : { cpu, programs: inPrograms, wayShare: 1 - inPrograms / cpu };
}

export function tableText(measured: Measurement, context: CostContext): string {
  const rows = rowsOf(measured.pairs);
  const times = layOut(
    [
      { label: `median of ${measured.pairs.length}`, right: false },
      { label: "without", right: true },
      { label: "with", right: true },
      { label: "ratio", right: true },
      { label: "least to most", right: false },
    ],
    rows.map((row) => [
      row.what === "wall" ? "wall time" : "CPU time",
      formatDuration(row.without.median * 1e9),
      formatDuration(row.with.median * 1e9),
      row.ratio?.median.toFixed(3) ?? "-",
      row.ratio ? `${row.ratio.least.toFixed(3)} to ${row.ratio.most.toFixed(3)}` : "-",
    ]),
    (text) => text,
  );
  return `${rows.length > 0 ? times : ""}${programsText(measured, context)}`;
}

function programsText(measured: Measurement, context: CostContext): string {
  const { programs, pairs } = measured;
  const { runs, nanoseconds } = totalOf(programs);
  if (runs === 0) return "";
  const added = addedBy(measured);
  const table = layOut(
    [
      { label: "probe", right: false },
      { label: "runs", right: true },
      { label: "program, each", right: true },
      { label: "way there, each", right: true },
      { label: "share of the way", right: true },
    ],
    programs.map((each) => {
      const way = wayOf(each, context);
      return [
        each.probe,
        String(each.runs),
        formatDuration(each.nanoseconds / each.runs),
        way ? `${rangeText(way.cost)} ns` : "-",
        way ? percentText(way.share) : "-",
      ];
    }),
    (text) => text,
  );
  return [
    `programs ran ${runs} times, ${formatDuration(nanoseconds / runs)} each, ${formatDuration(nanoseconds)} in all`,
    table.trimEnd(),
    ...originLines(programs.flatMap((each) => wayOf(each, context)?.cost ?? [])).map((line) => `  ${line}`),
    ...(pairs.length > 0 ? [addedText(added)] : []),
    "",
  ].join("\n");
}

interface Way {
  readonly cost: EventCost;
  /** Of the way and the program together. */
  readonly share: CostRange;
}

function wayOf({ point, runs, nanoseconds }: NamedProgram, context: CostContext): Way | undefined {
  if (!point) return undefined;
  const cost = wayCost(point, context);
  const program = nanoseconds / runs;
  const of = (way: number): number => way / (way + program);
  return { cost, share: { least: of(cost.least), most: of(cost.most) } };
}

function addedText(added: Added | undefined): string {
  if (!added)
    return "the CPU time that tracing added to the command is less than the programs took: they ran in other processes as well, or its own time varies more";
  const { cpu, programs, wayShare } = added;
  const way = formatDuration((cpu - programs) * 1e9);
  return `tracing added ${formatDuration(cpu * 1e9)} of CPU time: ${formatDuration(programs * 1e9)} in programs, ${way} (${Math.round(wayShare * 100)}%) on the way to them and back, as by traps`;
}

function totalOf(programs: Measurement["programs"]): { runs: number; nanoseconds: number } {
  return {
    runs: programs.reduce((sum, each) => sum + each.runs, 0),
    nanoseconds: programs.reduce((sum, each) => sum + each.nanoseconds, 0),
  };
}

function programData(program: NamedProgram, context: CostContext): unknown {
  const { probe, runs, nanoseconds } = program;
  const way = wayOf(program, context);
  return { probe, runs, nanoseconds, way: way ? { ...way.cost, share: way.share } : null };
}

/** Times in seconds; those of probes in nanoseconds. */
export function jsonText(
  measured: Measurement,
  context: CostContext,
  query: string,
  command: readonly string[],
): string {
  const { runs, nanoseconds } = totalOf(measured.programs);
  const figures = Object.fromEntries(
    rowsOf(measured.pairs).map(({ what, without, with: withIt, ratio }) => [
      what,
      { without: without.median, with: withIt.median, ratio: ratio ?? null },
    ]),
  );
  return jsonDocument({
    query,
    command,
    ...figures,
    probes: {
      runs,
      nanosecondsEach: runs === 0 ? null : nanoseconds / runs,
      programs: measured.programs.map((each) => programData(each, context)),
    },
    added: addedBy(measured) ?? null,
    lost: measured.lost,
    failures: Object.fromEntries(measured.failures),
    pairs: measured.pairs.map((pair) => ({
      first: pair.first,
      without: { wall: pair.without.wall, cpu: pair.without.cpu },
      with: { wall: pair.with.wall, cpu: pair.with.cpu },
    })),
  });
}
