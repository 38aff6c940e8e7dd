/** Shows the scripts of the back ends: side by side on a wide screen, otherwise one below the other. */
import { DEFAULT_BACK_END } from "../tracers/registry.js";
import { escapeText } from "../view/value/escape.js";
import { textWidth } from "../view/table/width.js";
import type { Written, WrittenMap, WrittenProbe } from "./explanation.js";
import type { Page } from "./page.js";
import { greatest } from "../lists.js";

/** The width that each needs to be shown side by side. */
const WIDE = 60;
/** The number of probes, and of maps, that are enough to show how it is done. */
const SHOWN = 3;
const INDENT = "    ";
const GAP = " | ";

/** Corresponding parts, with their heading. */
interface ComparedRow {
  readonly title: string;
  /** The text of each back end that has it. */
  readonly texts: readonly { readonly by: string; readonly text: string }[];
}

/** Such as "In bpftrace and in BCC". */
export function backEndsTitle(all: readonly Written[]): string {
  const text = listed(all.map(({ title }) => `in ${title}`));
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

export function backEndLines(all: readonly Written[], page: Page): void {
  for (const each of all)
    if ("why" in each)
      page.prose(`${[each.title, each.version].filter(Boolean).join(" ")} cannot: ${each.why}`, "  ");
  addedLines(all, page);
  const groups = [probeRows(all), mapRows(all)];
  for (const row of groups.flatMap((rows) => rows.slice(0, SHOWN))) rowLines(row, all.length, page);
  const [probes, maps] = groups.map((rows) => Math.max(0, rows.length - SHOWN));
  const left = [counted(probes, "probe"), counted(maps, "map")].filter((each) => each !== "").join(" and ");
  const whole = wholePrograms(all);
  page.prose(left === "" ? whole : `There are ${left} more: ${whole}`, "  ");
}

/** Probes that the query does not name are shown in full, because they cost as much as others. */
function addedLines(all: readonly Written[], page: Page): void {
  for (const each of all) {
    if ("why" in each || each.added.length === 0) continue;
    const probes = each.added.map(({ point, purpose }) => `${point} (${purpose})`);
    page.prose(`${each.title} also attaches ${listed(probes)}.`, "  ");
  }
}

/** Says how to get the whole programs. */
function wholePrograms(all: readonly Written[]): string {
  const commands = all.map(({ name }) =>
    name === DEFAULT_BACK_END
      ? "`faultline compile --form run`"
      : `\`faultline compile --form run --to ${name}\``,
  );
  return commands.length === 1
    ? `${commands[0]} writes the whole program.`
    : `${listed(commands)} write the whole programs.`;
}

function counted(count = 0, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function probesOf(written: Written): readonly WrittenProbe[] {
  return "why" in written ? [] : written.probes;
}

function mapsOf(written: Written): readonly WrittenMap[] {
  return "why" in written ? [] : written.maps;
}

function probeRows(all: readonly Written[]): ComparedRow[] {
  const most = greatest(all.map((each) => probesOf(each).length), 0); // prettier-ignore
  return Array.from({ length: most }, (_, i) => {
    const probes = all.flatMap((each) => {
      const probe = probesOf(each)[i];
      return probe ? [{ by: each.title, ...probe }] : [];
    });
    return { title: probes[0]?.purpose ?? "", texts: probes };
  });
}

/** A table of one back end may correspond to several maps of another; the table with the most decides what belongs together. */
function mapRows(all: readonly Written[]): ComparedRow[] {
  const groups: (readonly string[])[] = [];
  for (const { holds } of all.flatMap(mapsOf).sort((a, b) => b.holds.length - a.holds.length))
    if (!groups.some((group) => sharesMap(group, holds))) groups.push(holds);
  const inOrder = groups.sort((a, b) => firstPlace(a, all) - firstPlace(b, all));
  return inOrder.map((group) => ({
    title: group.join(", ") || "what sends each event",
    texts: all.flatMap((each) => {
      const text = mapsOf(each).flatMap((map) => (sharesMap(group, map.holds) ? [map.text] : [])).join("\n"); // prettier-ignore
      return text === "" ? [] : [{ by: each.title, text }];
    }),
  }));
}

function sharesMap(a: readonly string[], b: readonly string[]): boolean {
  return (a.length === 0 && b.length === 0) || a.some((name) => b.includes(name));
}

/** The position in the back end that names it last. */
function firstPlace(group: readonly string[], all: readonly Written[]): number {
  return greatest(all.map((each) => mapsOf(each).findIndex(({ holds }) => sharesMap(group, holds))), 0); // prettier-ignore
}

function rowLines({ title, texts }: ComparedRow, most: number, page: Page): void {
  const { style } = page;
  page.prose(title, "  ");
  if (style.columns < WIDE * most || texts.length < 2) {
    for (const { by, text } of texts) {
      page.line(`${INDENT}${style.faint(by)}`);
      for (const line of folded(text, style.columns - INDENT.length - 2))
        page.line(`${INDENT}  ${line}`.trimEnd());
    }
    return;
  }
  let room = style.columns - INDENT.length - GAP.length * (texts.length - 1);
  const columns = texts.map(({ text }, i) => {
    const lines = folded(text, Math.floor(room / (texts.length - i)));
    const width = greatest(lines.map(textWidth));
    room -= width;
    return { lines, width };
  });
  const height = greatest(columns.map(({ lines }) => lines.length));
  for (let i = 0; i < height; i++) {
    const cells = columns.map(({ lines, width }) => {
      const text = lines[i] ?? "";
      return text + " ".repeat(width - textWidth(text));
    });
    page.line(`${INDENT}${cells.join(style.faint(GAP))}`.trimEnd());
  }
}

/** Breaks code into lines of at most this width; continued lines are indented. All text is escaped. */
function folded(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let rest = escapeText(line);
    const indent = " ".repeat(Math.min((/^ */.exec(rest)?.[0].length ?? 0) + 4, width >> 1));
    while (rest.length > width) {
      const space = rest.lastIndexOf(" ", width - 1) + 1;
      const at = space > indent.length ? space : width;
      lines.push(rest.slice(0, at).trimEnd());
      rest = indent + rest.slice(at);
    }
    return [...lines, rest];
  });
}
