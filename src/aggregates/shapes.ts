/** The shapes of the values of aggregates, and what a view may show of each. Views look at shapes and not at aggregates. */
import { isNumber, type Integer } from "../integers.js";
import { numberOf, UNSIGNED, type Type } from "../types/types.js";
import { eventsIn } from "./histograms.js";
import { isBounds, isHistogram, isStats, type AggregateValue } from "./values.js";

/** Each shape has the name of the kind of type that such results have. */
export type Shape = "number" | "histogram" | "stats" | "bounds";

/** A number that is part of a value and has a column of its own. */
export interface Part {
  /** The word after the aggregate's label; absent if it is the only part. */
  readonly name?: string;
  /** Whether it counts events; otherwise it is an amount of what was measured. */
  readonly countsEvents?: true;
  of(value: AggregateValue): Integer | null;
}

interface ShapeDefinition {
  /** The parts in the order in which people read them; none if the value is drawn. */
  readonly parts: readonly Part[];
  /** The number by which groups are ordered; -Infinity without any events. */
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

/** The label of a part's column. */
export function labelOfPart(label: string, { name }: Part): string {
  return name === undefined ? label : `${label} ${name}`;
}

/** The type of a part of an aggregate's value. */
export function typeOfPart(type: Type, { name, countsEvents }: Part): Type {
  if (countsEvents) return UNSIGNED;
  return name !== undefined && "unit" in type ? numberOf(type.unit, true) : type;
}

/** Whether it is a single amount, which fits a cell of a table and by which groups can be ranked. */
export function isAmount(shape: Shape): boolean {
  return shape === "number" || shape === "bounds";
}

/** Whether `top` can rank groups by it. */
export function isRanked(type: Type): boolean {
  return isAmount(shapeOf(type));
}

/** Whether its values are drawn as histograms below the columns. */
export function isDrawn(type: Type): boolean {
  return partsOf(type).length === 0;
}

/** The number by which groups are ordered: the number itself, the sum of a summary, the number of events of a histogram. */
export function magnitude(value: AggregateValue | undefined, type: Type): Integer {
  return value === undefined ? -Infinity : SHAPES[shapeOf(type)].magnitude(value);
}
