/** A query as bpftrace and as BCC have it: beside each other where the screen is wide, else one below the other. */
import { escapeText } from "../view/value/escape.js";
import { textWidth } from "../view/table/width.js";
import type { Explanation, Written } from "./explanation.js";
import type { Page } from "./page.js";
import { greatest } from "../lists.js";

type BackEnds = NonNullable<Explanation["backEnds"]>;

/** From this many columns on there is room for both. */
const WIDE = 120;
/** So many probes, and so many maps, show how it is done. */
const SHOWN = 3;
const INDENT = "    ";
const GAP = " | ";

/** What corresponds, under the words for it. */
interface Pair {
  readonly title: string;
  readonly bpftrace: string;
  readonly bcc: string;
}

export function backEndLines({ bpftrace, bcc }: BackEnds, page: Page): void {
  for (const [name, { version, ...rest }] of [
    ["bpftrace", bpftrace],
    ["BCC", bcc],
  ] as const)
    // prettier-ignore
    if ("why" in rest) page.prose(`${name} ${version} cannot: ${rest.why}`, "  ");
  const groups = [probePairs(bpftrace, bcc), mapPairs(bpftrace, bcc)] as const;
  for (const pair of groups.flatMap((pairs) => pairs.slice(0, SHOWN))) pairLines(pair, page);
  const [probes, maps] = groups.map((pairs) => Math.max(0, pairs.length - SHOWN));
  const left = [counted(probes, "probe"), counted(maps, "map")].filter((each) => each !== "").join(" and ");
  const all = "`faultline compile` and `faultline compile --to bcc` write the whole programs.";
  page.prose(left === "" ? all : `There are ${left} more: ${all}`, "  ");
}

function counted(count = 0, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function probePairs(bpftrace: Written, bcc: Written): Pair[] {
  const [ours, theirs] = [partsOf(bpftrace).probes, partsOf(bcc).probes];
  return Array.from({ length: Math.max(ours.length, theirs.length) }, (_, i) => ({
    title: ours[i]?.purpose ?? theirs[i]?.purpose ?? "",
    bpftrace: ours[i]?.text ?? "",
    bcc: theirs[i]?.text ?? "",
  }));
}

/** A table of BCC may hold what are several maps in bpftrace. */
function mapPairs(bpftrace: Written, bcc: Written): Pair[] {
  const [ours, theirs] = [partsOf(bpftrace).maps, partsOf(bcc).maps];
  const held = new Set(theirs.flatMap(({ holds }) => holds));
  const title = (holds: readonly string[]): string => holds.join(", ") || "what sends each event";
  return [
    ...theirs.map(({ holds, text }) => ({
      title: title(holds),
      bpftrace: ours.flatMap((map) => (map.holds.some((name) => holds.includes(name)) ? [map.text] : [])).join("\n"), // prettier-ignore
      bcc: text,
    })),
    ...ours
      .filter(({ holds }) => !holds.some((name) => held.has(name)))
      .map(({ holds, text }) => ({ title: title(holds), bpftrace: text, bcc: "" })),
  ];
}

function partsOf(written: Written): Extract<Written, { probes: unknown }> {
  return "why" in written ? { version: written.version, probes: [], maps: [] } : written;
}

function pairLines({ title, bpftrace, bcc }: Pair, page: Page): void {
  const { style } = page;
  page.prose(title, "  ");
  if (style.columns < WIDE || bpftrace === "" || bcc === "") {
    for (const [name, text] of [
      ["bpftrace", bpftrace],
      ["BCC", bcc],
    ] as const) {
      // prettier-ignore
      if (text === "") continue;
      page.line(`${INDENT}${style.faint(name)}`);
      for (const line of folded(text, style.columns - INDENT.length - 2))
        page.line(`${INDENT}  ${line}`.trimEnd());
    }
    return;
  }
  const room = style.columns - INDENT.length - GAP.length;
  const half = Math.floor(room / 2);
  const ours = folded(bpftrace, half);
  const width = greatest(ours.map(textWidth));
  const theirs = folded(bcc, room - width);
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    const left = ours[i] ?? "";
    const padding = " ".repeat(width - textWidth(left));
    page.line(`${INDENT}${left}${padding}${style.faint(GAP)}${theirs[i] ?? ""}`.trimEnd());
  }
}

/** Lines of code, none wider than this; what goes on below stands further to the right. All is escaped. */
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
