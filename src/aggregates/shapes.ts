/** The shapes of what aggregates say, and what a view may show of each. Views look at these, and not at aggregates. */
import { isNumber, type Integer } from "../integers.js";
import { numberOf, UNSIGNED, type Type } from "../types/types.js";
import { eventsIn } from "./histograms.js";
import { isBounds, isHistogram, isStats, type AggregateValue } from "./values.js";

/** By the kind of type that such a result has. */
export type Shape = "number" | "histogram" | "stats" | "bounds";

/** One number of a shape, which is shown in a column of its own. */
export interface Part {
  /** Behind the aggregate's label; absent where there is only this one. */
  readonly name?: string;
  /** Whether it counts events; else it is an amount of what was measured. */
  readonly countsEvents?: true;
  of(value: AggregateValue): Integer | null;
}

interface ShapeDefinition {
  /** In the order in which people read them; none: it is drawn. */
  readonly parts: readonly Part[];
  /** By what groups are ordered; -Infinity: of no events. */
  magnitude(value: AggregateValue): Integer;
}

const SHAPES: Readonly<Record<Shape, ShapeDefinition>> = {
  number: { parts: [{ of: numberIn }], magnitude: (value) => numberIn(value) ?? -Infinity },
  histogram: {
    parts: [],
    magnitude: (value) => (isHistogram(value) ? eventsIn(value) : -Infinity),
  },
  stats: {
    parts: [
      { name: "count", countsEvents: true, of: (value) => (isStats(value) ? value.count : null) },
      { name: "avg", of: (value) => (isStats(value) ? value.avg : null) },
      { name: "sum", of: (value) => (isStats(value) ? value.sum : null) },
    ],
    magnitude: (value) => (isStats(value) ? value.sum : -Infinity),
  },
  bounds: {
    parts: [
      { name: "min", of: (value) => (isBounds(value) ? value.min : null) },
      { name: "max", of: greatestIn },
    ],
    magnitude: (value) => greatestIn(value) ?? -Infinity,
  },
};

function greatestIn(value: AggregateValue): Integer | null {
  return isBounds(value) ? value.max : null;
}

function numberIn(value: AggregateValue): Integer | null {
  return isNumber(value) ? value : null;
}

export function shapeOf({ kind }: Type): Shape {
  return Object.hasOwn(SHAPES, kind) ? (kind as Shape) : "number";
}

export function partsOf(type: Type): readonly Part[] {
  return SHAPES[shapeOf(type)].parts;
}

/** As a column is called, behind the aggregate's own name. */
export function labelOfPart(label: string, { name }: Part): string {
  return name === undefined ? label : `${label} ${name}`;
}

/** Of an aggregate's type. */
export function typeOfPart(type: Type, { name, countsEvents }: Part): Type {
  if (countsEvents) return UNSIGNED;
  return name !== undefined && "unit" in type ? numberOf(type.unit, true) : type;
}

/** Whether it is one amount: it fits a cell of a table, and groups can be ranked by it. */
export function isAmount(shape: Shape): boolean {
  return shape === "number" || shape === "bounds";
}

/** Whether `top` can rank by it. */
export function isRanked(type: Type): boolean {
  return isAmount(shapeOf(type));
}

/** Whether its values are drawn as histograms, below what is shown in columns. */
export function isDrawn(type: Type): boolean {
  return partsOf(type).length === 0;
}

/** By what groups are ordered: the number itself, the sum of a summary, how many events a histogram is of. */
export function magnitude(value: AggregateValue | undefined, type: Type): Integer {
  return value === undefined ? -Infinity : SHAPES[shapeOf(type)].magnitude(value);
}
