/** Offsets in a tracepoint's event record, computed as the C compiler lays it out. */
import type { Tracepoint, TracepointField } from "../kernel.js";

/** The size in bytes of the common header: the type, flags and process. */
const COMMON_BYTES = 8;

/**
 * Returns the offset in bytes, from the start of the event, of the text of a `__data_loc` field, which follows all
 * fields. Undefined for the second of several, which follows the first, and for any other kind of field.
 */
export function textOffset(tracepoint: Tracepoint, field: TracepointField): number | undefined {
  const [first] = tracepoint.fields.filter((f) => f.shape === "data_loc");
  if (first?.name !== field.name || tracepoint.fields.some((f) => f.size === 0)) return undefined;
  return tracepoint.fields.reduce((end, f) => {
    const alignment = elementSize(f);
    return Math.ceil(end / alignment) * alignment + f.size;
  }, COMMON_BYTES);
}

/** Returns the size in bytes of an array's element. */
function elementSize({ ctype, size, shape }: TracepointField): number {
  const count = /\[(\d+)\]$/.exec(ctype)?.[1];
  const bytes = shape !== "data_loc" && count !== undefined ? size / Number(count) : size;
  return Number.isInteger(bytes) && bytes > 0 ? Math.min(bytes, 8) : 1;
}
