/** Formats an explanation for people, in lines of a terminal's width. */
import { grouped } from "../integers.js";
import { escapeText } from "../view/value/escape.js";
import type { EventBuffer } from "../tracers/back-end.js";
import { formatBytes } from "../view/value/format-value.js";
import type {
  Elsewhere,
  ExplainedField,
  ExplainedFilter,
  ExplainedMap,
  ExplainedProbe,
  Explanation,
} from "./explanation.js";
import { Page, type TextStyle } from "./page.js";
import { costLines, originLines } from "./render-cost.js";
import { backEndLines, backEndsTitle } from "./render-back-ends.js";

export function renderExplanation(explanation: Explanation, style: TextStyle): string {
  const page = new Page(style);
  const { target, queries, probes, fields, filters, maps, buffer, notes, backEnds, elsewhere, concepts } =
    explanation;
  for (const { query, doc, meaning } of queries) {
    page.line(style.name(escapeText(query)));
    if (doc !== undefined) page.prose(doc, "  ");
    page.prose(meaning, "  ");
  }
  page.prose(
    `For kernel ${target.release}${target.kernel === "live" ? ", the one that runs here" : ` (${target.kernel})`}, and bpftrace ${target.bpftrace}.`,
    "  ",
  );
  page.section("Probes", probes, probeLines);
  for (const line of originLines(probes.map(({ cost }) => cost))) page.prose(line, "  ");
  page.section("Fields", fields, (field) => fieldLines(page, field, fields));
  page.section("Filters", filterGroups(filters), filterLines);
  if (filters.length === 0) page.section("Filters", ["none: every event counts"], noteLines);
  if (maps.length > 0) page.section("Maps", [maps], (all) => mapLines(page, all, target.cpus));
  else page.section("Maps", ["none: each event is sent on its own"], noteLines);
  if (buffer) page.prose(bufferText(buffer, target.cpus), "  ");
  page.section("Notes", notes, noteLines);
  page.section(backEndsTitle(backEnds), backEnds.length > 0 ? [backEnds] : [], backEndLines);
  page.section("On other kernels", elsewhere, elsewhereLines);
  page.section("Concepts", concepts, ({ id, gloss }) => page.entry(id, gloss, concepts.map((c) => c.id))); // prettier-ignore
  if (concepts.length > 0) page.prose("`faultline explain --concept NAME` has a lesson on each.", "  ");
  return page.text();
}

function probeLines(probe: ExplainedProbe, page: Page): void {
  const { style } = page;
  const of = probe.probe === probe.source ? "" : ` ${style.faint(`for ${escapeText(probe.source)}`)}`;
  page.line(`  ${style.name(escapeText(probe.probe))}${of}`);
  for (const does of probe.does) page.item(`does: ${does}`);
  for (const line of costLines(probe)) page.item(line);
  if (probe.note !== undefined) page.item(`note: it ${probe.note}`);
  for (const { probe: other, why } of probe.notTaken) page.item(`not ${other}: ${why}`);
}

function fieldLines(page: Page, field: ExplainedField, all: readonly ExplainedField[]): void {
  const nameOf = ({ field: name, source }: ExplainedField): string =>
    source === undefined ? name : `${source}.${name}`;
  const type = field.type === field.field ? "" : `  (${field.type})`;
  page.entry(nameOf(field), `${field.expression}${type}`, all.map(nameOf)); // prettier-ignore
}

/** Groups those of one place. */
function filterGroups(filters: readonly ExplainedFilter[]): readonly (readonly ExplainedFilter[])[] {
  const groups = new Map<string, ExplainedFilter[]>();
  for (const filter of filters) {
    const place = `${filter.where} ${filter.at}`;
    groups.set(place, [...(groups.get(place) ?? []), filter]);
  }
  return [...groups.values()];
}

function filterLines(group: readonly ExplainedFilter[], page: Page): void {
  const [first] = group;
  if (!first) return;
  const place = first.where === "kernel" ? "in the kernel" : "by faultline, outside the kernel";
  page.line(`  ${page.style.name(escapeText(first.at))}${page.style.faint(`, ${place}`)}`);
  for (const { order, test, when } of group) page.prose(`${order}. ${test}: ${when}`, "    ", "       ");
}

function mapLines(page: Page, maps: readonly ExplainedMap[], cpus: number): void {
  const states = maps.filter(({ role }) => role === "state");
  for (const map of maps.filter(({ role }) => role !== "state")) {
    const { name, holds, keys, value, perCpu, whenFull } = map;
    page.line(`  ${page.style.name(escapeText(name))} ${page.style.faint(escapeText(holds))}`);
    const by = keys.map((key) => (key.name === key.type ? key.name : `${key.name} (${key.type})`)).join(", ");
    page.item(`${by || "no key"} → ${value}${perCpu ? `, one for each of ${cpus} CPUs` : ""}`);
    page.item(roomText(map));
    page.item(`when full: ${whenFull}`);
  }
  for (const map of states) {
    page.line(`  ${page.style.name(escapeText(map.name))} ${page.style.faint(escapeText(map.holds))}`);
    page.item(`${map.keys.map(({ type }) => type).join(", ")} → ${map.value}; ${roomText(map)}`);
  }
  const [state] = states;
  if (state) page.prose(`When one of these is full, ${state.whenFull}.`, "  ");
  if (maps.length === 1) page.prose("It is there from the start of the trace to its end, full or not.", "  ");
  else
    page.prose(
      `Together they take about ${formatBytes(maps.reduce((total, { bytes }) => total + bytes, 0))} of the kernel's memory, from the start of the trace to its end.`,
      "  ",
    );
}

function bufferText({ bytes, perCpu }: EventBuffer, cpus: number): string {
  const each = perCpu ? `, one for each of ${cpus} CPUs` : "";
  return `What is printed comes through a buffer of ${formatBytes(bytes)}${each}.`;
}

function roomText({ entries, sets, bytes }: ExplainedMap): string {
  const turns = sets === undefined ? "" : ` in each of its ${sets} sets, written to and printed in turn`;
  return `room for ${grouped(entries)} ${entries === 1 ? "entry" : "entries"}${turns}: about ${formatBytes(bytes)}`;
}

function noteLines(note: string, page: Page): void {
  page.prose(note, "  ");
}

function elsewhereLines({ kernel, answer, differences, release, bpftrace }: Elsewhere, page: Page): void {
  const { style } = page;
  const said = { same: "the same", differs: "otherwise", no: "cannot" }[answer];
  page.line(
    `  ${style.name(escapeText(kernel))}: ${said} ${style.faint(escapeText(`(${release}, bpftrace ${bpftrace})`))}`,
  );
  for (const difference of differences) page.item(difference);
}
