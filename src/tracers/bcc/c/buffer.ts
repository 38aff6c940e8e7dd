/** Buffers through which the kernel side sends messages to the program: one for all CPUs, or one for each on old kernels. */
import type { BccDialect } from "../versions.js";
import { filled } from "../python/lines.js";
import { pythonString } from "../quoting.js";

const PERF_PAGES = 64;

/** `pages` is the size of the ring, a power of two. */
export function bufferText(name: string, pages: number, dialect: BccDialect): string {
  return dialect.can("ringBuffer") ? `BPF_RINGBUF_OUTPUT(${name}, ${pages});` : `BPF_PERF_OUTPUT(${name});`;
}

/**
 * Returns Python statements that read each message. `read` is a call with the message; `lost` is a call with the `count` of
 * lost messages, which the kernel side counts for a ring.
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

/** The function that reads what is available from all buffers, in the order in which they were opened. */
export function consume(dialect: BccDialect): string {
  return `bpf.${kind(dialect)}_buffer_consume`;
}

/** `milliseconds` is an expression. */
export function poll(milliseconds: string, dialect: BccDialect): string {
  return `bpf.${kind(dialect)}_buffer_poll(${milliseconds})`;
}

function kind(dialect: BccDialect): string {
  return dialect.can("ringBuffer") ? "ring" : "perf";
}
