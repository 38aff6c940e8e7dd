/** Buffers through which the kernel side hands messages to the program: one of all CPUs, or on old kernels one each. */
import type { BccDialect } from "../versions.js";
import { filled } from "../python/lines.js";
import { pythonString } from "../quoting.js";

const PERF_PAGES = 64;

/** `pages`: of the ring, a power of two. */
export function bufferText(name: string, pages: number, dialect: BccDialect): string {
  return dialect.can("ringBuffer") ? `BPF_RINGBUF_OUTPUT(${name}, ${pages});` : `BPF_PERF_OUTPUT(${name});`;
}

/**
 * Statements of Python that have each message read. `read`: a call with the message; `lost`: one with a `count` of those
 * that were lost, which of a ring the kernel side counts.
 */
export function openBuffer(
  name: string,
  read: (event: string) => string,
  lost: string,
  dialect: BccDialect,
): readonly string[] {
  const reader = `lambda _context, data, _size: ${read(`${name}.event(data)`)}`;
  const items = dialect.can("ringBuffer")
    ? [reader]
    : [reader, `page_cnt=${PERF_PAGES}`, `lost_cb=lambda count: ${lost}`];
  return [
    `${name} = bpf[${pythonString(name)}]`,
    ...filled(`${name}.open_${kind(dialect)}_buffer(`, items, ")"),
  ];
}

/** The function that reads what there is, of all buffers in the order in which they were opened. */
export function consume(dialect: BccDialect): string {
  return `bpf.${kind(dialect)}_buffer_consume`;
}

/** `milliseconds`: an expression. */
export function poll(milliseconds: string, dialect: BccDialect): string {
  return `bpf.${kind(dialect)}_buffer_poll(${milliseconds})`;
}

function kind(dialect: BccDialect): string {
  return dialect.can("ringBuffer") ? "ring" : "perf";
}
