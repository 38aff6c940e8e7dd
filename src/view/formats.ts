/** The formats of results. A new one is a file in `formats/` and a row in the table below. */
import type { Plan } from "../plan/plan.js";
import { CsvWriter } from "./formats/csv.js";
import { FoldedWriter } from "./formats/folded.js";
import { HtmlWriter } from "./formats/html.js";
import { JsonWriter } from "./formats/json.js";
import { NdjsonWriter } from "./formats/ndjson.js";
import { SpeedscopeWriter } from "./formats/speedscope.js";
import { SvgWriter } from "./formats/svg.js";
import { TextWriter } from "./formats/text.js";
import { traceGap, TraceWriter } from "./formats/chrome-trace.js";
import { stackGap } from "./stacks.js";
import type { ViewContext, Writer } from "./types.js";

interface FormatRow {
  /** A short description for the help. */
  readonly about: string;
  /** The ending of file names that selects this format. */
  readonly extension: string;
  readonly writer: (context: ViewContext) => Writer;
  /** Returns why it cannot show the results of a plan, if it cannot. */
  readonly gap?: (plan: Plan) => string | undefined;
  /** Why it cannot show a comparison of two runs. */
  readonly comparisonGap?: string;
}

const FORMATS = {
  table: { about: "for people", extension: ".txt", writer: (context) => new TextWriter(context) },
  json: { about: "one document", extension: ".json", writer: (context) => new JsonWriter(context) },
  ndjson: {
    about: "a line of JSON for each result as it comes",
    extension: ".ndjson",
    writer: (context) => new NdjsonWriter(context),
  },
  csv: { about: "for a spreadsheet", extension: ".csv", writer: (context) => new CsvWriter(context) },
  folded: {
    about: "one stack a line, for tools that draw them",
    extension: ".folded",
    writer: (context) => new FoldedWriter(context),
    gap: stackGap,
    comparisonGap: "a folded stack has one number, and a comparison has two",
  },
  svg: {
    about: "a picture: a flame graph of stacks, a chart otherwise",
    extension: ".svg",
    writer: (context) => new SvgWriter(context),
  },
  html: {
    about: "a self-contained report",
    extension: ".html",
    writer: (context) => new HtmlWriter(context),
  },
  speedscope: {
    about: "stacks, for speedscope.app",
    extension: ".speedscope.json",
    writer: (context) => new SpeedscopeWriter(context),
    gap: stackGap,
    comparisonGap: "a stack has one weight there, and a comparison has two",
  },
  trace: {
    about: "events on a timeline, for Perfetto and chrome://tracing",
    extension: ".trace.json",
    writer: (context) => new TraceWriter(context),
    gap: traceGap,
    comparisonGap: "a comparison of two runs has no time",
  },
} as const satisfies Readonly<Record<string, FormatRow>>;

export type Format = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

/** The endings of file names that select a format. */
export const EXTENSIONS: readonly string[] = FORMAT_NAMES.map((name) => FORMATS[name].extension);

export function formatRow(format: Format): FormatRow {
  return FORMATS[format];
}

export function writerOf(format: Format, context: ViewContext): Writer {
  return FORMATS[format].writer(context);
}

/** Returns the format that a file name selects; the longest ending wins. */
export function formatOfFile(path: string): Format | undefined {
  const fit = FORMAT_NAMES.filter((name) => path.toLowerCase().endsWith(FORMATS[name].extension));
  return fit.sort((a, b) => FORMATS[b].extension.length - FORMATS[a].extension.length)[0];
}

/** Returns why a format cannot show the results of a plan; undefined if it can. */
export function formatGap(format: Format, plan: Plan): string | undefined {
  return formatRow(format).gap?.(plan);
}
