/**
 * `-o x.html`: a self-contained report: the query, what was measured, pictures, tables, and the script that ran.
 * Written at the end.
 */
import { andMore } from "../../few.js";
import type { Result } from "../../plan/plan.js";
import type { Group, GroupsEvent, RowEvent } from "../../results/events.js";
import type { ResultColumn } from "../../plan/plan.js";
import type { Histogram } from "../../aggregates/values.js";
import { chartOf, throwFault } from "../chart/choose-chart.js";
import { STYLE, svgElement } from "../chart/picture.js";
import type { SafeChart } from "../chart/safe-chart.js";
import {
  cellText,
  histogramAt,
  histogramsOf,
  isRightAligned,
  scalarColumns,
  type ShownColumn,
} from "../table/columns.js";
import { formatDuration, isoTime } from "../value/format-value.js";
import { PERCENTS, percentileText } from "../value/percentiles.js";
import type { RetainedRows } from "../chart/retained-rows.js";
import { intervalHead } from "../partial.js";
import { notesOf } from "../notes.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";
import { escapeXml } from "../value/xml.js";

/** The most rows of a table in the page; a CSV file has all of them. */
const MOST_ROWS = 1_000;
/** The most rows of a table that is expanded at first. */
const SHORT = 60;

interface Section {
  readonly result: Result;
  readonly chart: SafeChart;
  readonly columns: readonly ShownColumn[];
  /** The cells, as HTML. */
  readonly rows: string[][];
  count: number;
}

export class HtmlWriter implements Writer {
  private readonly sections: readonly Section[];
  private readonly notes: Note[] = [];

  constructor(private readonly context: ViewContext) {
    this.sections = context.plan.results.map((result) => ({
      result,
      chart: chartOf(result, context),
      columns: scalarColumns(result),
      rows: [],
      count: 0,
    }));
  }

  row(event: RowEvent): void {
    const section = this.sections[event.result];
    if (!section) return;
    section.chart.row(event);
    this.add(section, { keys: event.values, values: [] }, undefined);
  }

  groups(event: GroupsEvent): void {
    const section = this.sections[event.result];
    if (!section) return;
    section.chart.groups(event);
    const { every } = section.result;
    const time =
      every === undefined ? undefined : intervalHead(event, isoTime(event.nsecs, this.context.clock));
    for (const group of event.groups) this.add(section, group, time);
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  get retained(): readonly RetainedRows[] {
    return this.sections.map(({ chart }) => chart.retained);
  }

  end(summary: ViewSummary): void {
    const { about, plan, write } = this.context;
    const title = about?.query ?? plan.results.map(({ query }) => query).join("; ");
    const notes = notesOf(summary, this.notes);
    write(
      `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
        `<meta name="viewport" content="width=device-width,initial-scale=1">\n` +
        // Whatever text ends up in the page, it can load nothing and send nothing.
        `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">\n` +
        `<title>${escapeXml(title)}</title>\n<style>${PAGE_STYLE}${STYLE}</style>\n</head>\n<body>\n<main>\n` +
        `<h1><code>${escapeXml(title)}</code></h1>\n`,
    );
    if (about?.explanation !== undefined)
      write(`<p class="explanation">${paragraph(about.explanation)}</p>\n`);
    write(this.facts(summary));
    if (notes.length > 0)
      write(`<ul class="notes">${notes.map((note) => `<li>${escapeXml(note)}</li>`).join("")}</ul>\n`);
    for (const section of this.sections) this.section(section);
    if (about?.script !== undefined)
      write(`<details><summary>The script that ran</summary><pre>${lines(about.script)}</pre></details>\n`);
    write("</main>\n</body>\n</html>\n");
    throwFault(this.sections.map(({ chart }) => chart));
  }

  private add(section: Section, group: Group, time: string | undefined): void {
    section.count++;
    if (section.rows.length >= MOST_ROWS) return;
    const cells = section.columns.map((column) => {
      const text = cellText(column, group, this.context);
      const shown = column.type.kind === "stack" ? `<pre>${lines(text)}</pre>` : escapeXml(text);
      return `<td${isRightAligned(column.type) ? ' class="right"' : ""}>${shown}</td>`;
    });
    const drawn = histogramsOf(section.result).flatMap(({ column, index }) =>
      histogramFacts(histogramAt(group, index), column).map(
        (text) => `<td class="right">${escapeXml(text)}</td>`,
      ),
    );
    section.rows.push([...(time === undefined ? [] : [`<td>${escapeXml(time)}</td>`]), ...cells, ...drawn]);
  }

  private facts({ ended, events, lost, elapsed }: ViewSummary): string {
    const { about } = this.context;
    const facts: (readonly [string, string | undefined])[] = [
      ["started", about?.started],
      [
        "ran for",
        elapsed === undefined || elapsed === 0 ? undefined : formatDuration(Math.round(elapsed) * 1e6),
      ],
      ["ended", ended],
      ["lines and groups", events === undefined ? undefined : String(events)],
      ["lost", lost > 0 ? `${lost} events` : "nothing"],
      ["kernel", about?.kernel],
      ["tracer", about?.tracer],
    ];
    const shown = facts.filter(([, value]) => value !== undefined);
    return `<dl>${shown.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeXml(value ?? "")}</dd></div>`).join("")}</dl>\n`;
  }

  private section({ result, chart, columns, rows, count }: Section): void {
    const { write } = this.context;
    write(`<section>\n`);
    if (result.doc !== undefined) write(`<p>${paragraph(result.doc)}</p>\n`);
    for (const picture of chart.draw([])) write(`<div class="picture">${svgElement(picture)}</div>\n`);
    const histograms = histogramsOf(result);
    if (columns.length > 0 || histograms.length > 0) {
      const left = count - rows.length;
      const names = [
        ...(result.kind !== "rows" && result.every !== undefined ? ["time"] : []),
        ...columns.map(({ label }) => label),
        ...histograms.flatMap(({ column: { label } }) => [
          `${label}: events`,
          ...PERCENTS.map((percent) => `p${percent}`),
        ]),
      ];
      write(
        `<details${count <= SHORT ? " open" : ""}><summary>Table: ${count} ${count === 1 ? "line" : "lines"}</summary>\n` +
          `<table><thead><tr>${names.map((name) => `<th>${escapeXml(name)}</th>`).join("")}</tr></thead>\n<tbody>\n`,
      );
      for (const cells of rows) write(`<tr>${cells.join("")}</tr>\n`);
      write(
        `</tbody></table>${left > 0 ? `<p class="faint">${andMore(left, "lines")}, which are not shown here</p>` : ""}</details>\n`,
      );
    }
    write("</section>\n");
  }
}

/** How many events a histogram has, and the bounds of its percentiles, as the picture cannot tell them. */
function histogramFacts(histogram: Histogram, { type, display }: ResultColumn): readonly string[] {
  const events = histogram.buckets.reduce((sum, { count }) => sum + BigInt(count), 0n);
  const options = { unit: "unit" in type ? type.unit : "none", display } as const;
  return [String(events), ...PERCENTS.map((percent) => percentileText(histogram, percent, options) ?? "-")];
}

function lines(text: string): string {
  return text.split("\n").map(escapeXml).join("\n");
}

function paragraph(text: string): string {
  return text.split("\n").map(escapeXml).join("<br>");
}

const PAGE_STYLE = `
:root{color-scheme:light dark;--page:#f6f7f8;--text:#1b1f24;--soft:#667078;--line:#d8dde2;--card:#fff;--warn:#a3520b}
@media (prefers-color-scheme:dark){:root{--page:#101316;--text:#e4e7ea;--soft:#98a2ab;--line:#333a41;--card:#16191d;--warn:#f0a35e}}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1240px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:20px;line-height:1.35;margin:0 0 12px;overflow-wrap:anywhere}
code,pre,table{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
.explanation{max-width:80ch}
dl{display:flex;flex-wrap:wrap;gap:6px 28px;margin:0 0 16px}
dt{font-size:12px;color:var(--soft)}dd{margin:0}
.notes{color:var(--warn);padding-left:20px}
section,details{margin:0 0 18px}
.picture,details{background:var(--card);border:1px solid var(--line);border-radius:6px}
.picture{overflow-x:auto;margin-bottom:12px}.picture svg{display:block}
details{padding:8px 14px;overflow-x:auto}summary{cursor:pointer}
table{border-collapse:collapse;font-size:12px;margin-top:8px}
th,td{text-align:left;vertical-align:top;padding:3px 14px 3px 0;border-bottom:1px solid var(--line);white-space:pre}
td.right{text-align:right}pre{margin:0;font-size:12px;white-space:pre;overflow-x:auto}
.faint{color:var(--soft)}`;
