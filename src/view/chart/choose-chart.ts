/** Chooses the chart of a result. */
import { aggregatesOf } from "../../plan/columns.js";
import { isDrawn } from "../../aggregates/shapes.js";
import type { Result } from "../../plan/plan.js";
import { hasStack } from "../stacks.js";
import type { ViewContext } from "../types.js";
import { BarChart } from "./bars.js";
import type { Chart } from "./chart.js";
import { FlameChart } from "./flame-chart.js";
import { HistogramChart } from "./histograms.js";
import { RowChart } from "./row-chart.js";
import { SafeChart } from "./safe-chart.js";
import { TimeChart } from "./time-chart.js";

export function chartOf(result: Result, context: ViewContext): SafeChart {
  return new SafeChart(bestFor(result, context), result.query, context);
}

/** Throws the error of the first chart that failed. Called after everything that could be drawn is written. */
export function throwFault(charts: readonly SafeChart[]): void {
  const failed = charts.find(({ fault }) => fault !== undefined);
  if (failed?.fault) throw failed.fault;
}

function bestFor(result: Result, context: ViewContext): Chart {
  const own = context.chart?.(result, context);
  if (own) return own;
  if (hasStack(result)) return new FlameChart(result, context);
  if (result.kind === "rows") return new RowChart(result, context);
  if (result.kind === "line" || result.every !== undefined) return new TimeChart(result, context);
  const isHistogram = aggregatesOf(result).some(({ type }) => isDrawn(type));
  return isHistogram ? new HistogramChart(result, context) : new BarChart(result, context);
}
