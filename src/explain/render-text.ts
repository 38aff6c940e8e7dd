/** An explanation for a person, in lines of a terminal's width. */
import { escapeText } from "../view/escape.js";
import { formatBytes } from "../view/format-value.js";
import type {
  Elsewhere,
  ExplainedField,
  ExplainedFilter,
  ExplainedMap,
  ExplainedProbe,
  Explanation,
} from "./explanation.js";
import { Page, type TextStyle } from "./page.js";

export function renderExplanation(explanation: Explanation, style: TextStyle): string {
  const page = new Page(style);
  const { target, queries, probes, fields, filters, maps, notes, elsewhere, concepts } = explanation;
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
  if (probes.length > 0)
    page.prose(
      "What events cost was measured in emulated guests, where all is some times slower: compare the figures, do not add them up.",
      "  ",
    );
  page.section("Fields", fields, (page, field) => fieldLines(page, field, fields));
  page.section("Filters", filters, filterLines);
  page.section("Maps", maps, (page, map) => mapLines(page, map, target.cpus));
  page.section("Notes", notes, (page, note) => page.prose(note, "  "));
  page.section("On other kernels", elsewhere, (page, other) => elsewhereLines(page, other, elsewhere));
  page.section("Concepts", concepts, (page, { id, gloss }) => page.entry(id, gloss, concepts.map((c) => c.id))); // prettier-ignore
  if (concepts.length > 0) page.prose("`faultline explain --concept NAME` has a lesson on each.", "  ");
  return page.text();
}

function probeLines(page: Page, probe: ExplainedProbe): void {
  const { style } = page;
  const of = probe.probe === probe.source ? "" : ` ${style.faint(`for ${escapeText(probe.source)}`)}`;
  page.line(`  ${style.name(escapeText(probe.probe))}${of}`);
  for (const does of probe.does) page.prose(`does: ${does}`, "    ", "      ");
  page.prose(`costs: ${costText(probe)}`, "    ", "      ");
  if (probe.note !== undefined) page.prose(`note: it ${probe.note}`, "    ", "      ");
  for (const { probe: other, why } of probe.notTaken) page.prose(`not ${other}: ${why}`, "    ", "      ");
}

/** What it takes of a CPU, at the rate that is usual or at two that show the scale. */
function costText({ nanoseconds, rate, share }: ExplainedProbe): string {
  const each = `about ${nanoseconds} ns an event`;
  if (rate !== undefined && share !== undefined)
    return `${each}; at ${grouped(rate)} a second, which a busy machine has, ${percent(share)} of a CPU`;
  const at = (many: number): string =>
    `${percent((many * nanoseconds) / 1e9)} of a CPU at ${grouped(many)} a second`;
  return `${each}: ${at(1_000)}, ${at(100_000)}`;
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))}%`;
}

function fieldLines(page: Page, field: ExplainedField, all: readonly ExplainedField[]): void {
  const nameOf = ({ field: name, source }: ExplainedField): string => source === undefined ? name : `${source}.${name}`; // prettier-ignore
  page.entry(nameOf(field), `${field.expression}  (${field.type})`, all.map(nameOf));
}

function filterLines(page: Page, { at, where, order, test, when }: ExplainedFilter): void {
  page.prose(`${order}. ${test}`, "  ", "     ");
  const place = where === "kernel" ? "in the kernel" : "by faultline, outside the kernel";
  page.prose(`${place}, at ${at}, ${when}`, "     ");
}

function mapLines(page: Page, map: ExplainedMap, cpus: number): void {
  const { style } = page;
  page.line(`  ${style.name(escapeText(map.name))} ${style.faint(escapeText(map.holds))}`);
  const keys = map.keys.map(({ name, type }) => `${name} (${type})`).join(", ") || "none";
  page.prose(
    `keys: ${keys}; value: ${map.value}${map.perCpu ? `, one for each of ${cpus} CPUs` : ""}`,
    "    ",
    "      ",
  );
  page.prose(
    `room: ${grouped(map.entries)} ${map.entries === 1 ? "entry" : "entries"}, about ${formatBytes(map.bytes)} from the start`,
    "    ",
    "      ",
  );
  page.prose(`when full: ${map.whenFull}`, "    ", "      ");
}

function elsewhereLines(
  page: Page,
  { kernel, answer, differences, release, bpftrace }: Elsewhere,
  all: readonly Elsewhere[],
): void {
  const said = { same: "the same", differs: differences.join("; "), no: `cannot: ${differences.join("; ")}` }[
    answer
  ];
  page.entry(
    kernel,
    `${said} (${release}, bpftrace ${bpftrace})`,
    all.map((each) => each.kernel),
  );
}
