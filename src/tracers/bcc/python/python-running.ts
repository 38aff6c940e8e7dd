/** Running sums of open spans in Python: what changed is read and added up, and what is open is taken from that. */
import { definitionOf } from "../../../aggregates/aggregates.js";
import { readingPeriod, type RunningResult } from "../../../plan/running.js";
import { UNSIGNED } from "../../../types/types.js";
import { groupNumber, keepsNumber, type GroupsLayout } from "../layout/result-layout.js";
import { indented, pythonString } from "../quoting.js";
import { filled, inTuple } from "./lines.js";
import { groupOf, noGroups, type Gathered } from "./python-groups.js";
import { clockOf, columnValues, type PythonContext } from "./python-values.js";

/** Statements of Python that make `groups`, and what stands at top level for them. */
export function gatherRunning(
  result: RunningResult,
  index: number,
  layout: GroupsLayout,
  context: PythonContext,
): Gathered {
  const { names, uses } = context;
  const running = names.take(`running_${layout.name}`);
  const reader = names.take(`read_${layout.name}`);
  const { age, owner, of } = result.running;
  const keys = result.keys.map((_, i) => `group[${i}]`);
  const added = result.aggregates.flatMap(({ fn }, i) => {
    const sum = `sums[${of[i] ?? 0}]`;
    return definitionOf(fn).ofSums === "mean"
      ? [`shown[${i}][0] += ${sum}`, `shown[${i}][1] += sums[0]`]
      : [`shown[${i}] += ${sum}`];
  });
  const last = age
    ? `(${uses.of("nanoseconds")}(${clockOf(context).join("")}) - ${age.least}) // ${age.step}`
    : "0";
  const own = owner && context.program.state(owner.state);
  const owners = own
    ? filled(
        "owners = {",
        [`id.value: owner.value for id, owner in bpf[${pythonString(own.name)}].items()`],
        "}",
      )
    : [];
  return {
    before: [
      `${running} = {}`,
      "",
      "",
      ...readChanges(result, index, layout, { reader, running }, context),
      "",
      "",
    ],
    lines: [
      `${reader}(bpf)`,
      ...owners,
      noGroups(result),
      ...filled(
        `for group, sums in ${uses.of("settled_groups")}(`,
        [running, last, ...(owner ? ["owners"] : [])],
        "):",
      ),
      ...indented([...groupOf(keys, result, "shown"), ...added]),
    ],
    ...(readingPeriod(result) === result.every
      ? {}
      : { timer: `(${Number(readingPeriod(result)) / 1e9}, lambda: ${reader}(bpf))` }),
  };
}

/** A function that adds what changed since it was last called. */
function readChanges(
  result: RunningResult,
  index: number,
  layout: GroupsLayout,
  { reader, running }: { readonly reader: string; readonly running: string },
  { program, uses }: PythonContext,
): readonly string[] {
  const { owner, age } = result.running;
  const number = { type: UNSIGNED };
  const columns = [...result.keys, ...(owner ? [number, number] : [])];
  const isKeyed = layout.keys.length > 0;
  const group = columnValues(columns, layout.keys, (name) => keyMember(name, layout), uses);
  const step = age ? keyMember(layout.keys.at(-1)?.name ?? "", layout) : "0";
  const change = keepsNumber(layout)
    ? ["sum(per_cpu)"]
    : [...layout.scalars.values()].map(({ name }) => `sum(value.${name} for value in per_cpu)`);
  const entries = `bpf[${pythonString(`${layout.name}_groups`)}]`;
  const takesTurns = program.takesTurns(index);
  const turn = isKeyed ? "key.turn" : "key.value";
  return [
    `def ${reader}(bpf):`,
    ...indented([
      ...(takesTurns
        ? [
            `turn = ${uses.of("switch_turn")}(bpf, ${index})`,
            ...filled(`changes = ${uses.of("take")}(`, [entries, `lambda key: ${turn} == turn`], ")"),
          ]
        : [`${running}.clear()`, `changes = ${entries}.items()`]),
      `for key, per_cpu in changes:`,
      ...indented([
        ...inTuple("group = ", group, ""),
        ...filled("change = [", change, "]", 8),
        `${uses.of("add_change")}(${running}, group, ${step}, change)`,
      ]),
    ]),
  ];
}

/** A part of the key of a group; a table has a number alone as it is. */
function keyMember(name: string, layout: GroupsLayout): string {
  return groupNumber(layout) === undefined ? `key.${name}` : "key.value";
}
