/** Where the parts of a tracepoint's event stand, worked out as the compiler lays them out. */
import type { Tracepoint, TracepointField } from "../kernel.js";

/** What every event begins with: its type, flags and process. */
const COMMON_BYTES = 8;

/**
 * In bytes from the start of the event: where the text of a `__data_loc` field stands, behind all other parts. Undefined
 * for the second of several, which stands behind the first, and for what is no such field.
 */
export function textOffset(tracepoint: Tracepoint, field: TracepointField): number | undefined {
  const [first] = tracepoint.fields.filter((f) => f.shape === "data_loc");
  if (first?.name !== field.name || tracepoint.fields.some((f) => f.size === 0)) return undefined;
  return tracepoint.fields.reduce((end, f) => {
    const alignment = elementSize(f);
    return Math.ceil(end / alignment) * alignment + f.size;
  }, COMMON_BYTES);
}

/** Of an array, one of its elements. */
function elementSize({ ctype, size, shape }: TracepointField): number {
  const count = /\[(\d+)\]$/.exec(ctype)?.[1];
  const bytes = shape !== "data_loc" && count !== undefined ? size / Number(count) : size;
  return Number.isInteger(bytes) && bytes > 0 ? Math.min(bytes, 8) : 1;
}
