/** Buffers through which the kernel side hands messages to the program: one of all CPUs, or on old kernels one each. */
import type { Dialect } from "../versions.js";
import { pythonString } from "../quoting.js";

const PERF_PAGES = 64;

/** `pages`: of the ring, a power of two. */
export function bufferText(name: string, pages: number, dialect: Dialect): string {
  return dialect.can("ringBuffer") ? `BPF_RINGBUF_OUTPUT(${name}, ${pages});` : `BPF_PERF_OUTPUT(${name});`;
}

/** Has Python call `reader` for each message; a ring tells itself what is lost. `lost`: what to do with a count of that. */
export function openBuffer(name: string, reader: string, lost: string, dialect: Dialect): string {
  const buffer = `bpf[${pythonString(name)}]`;
  return dialect.can("ringBuffer")
    ? `${buffer}.open_ring_buffer(${reader})`
    : `${buffer}.open_perf_buffer(${reader}, page_cnt=${PERF_PAGES}, lost_cb=lambda count: ${lost})`;
}

/** The function that reads what there is, of all buffers in the order in which they were opened. */
export function consume(dialect: Dialect): string {
  return `bpf.${kind(dialect)}_buffer_consume`;
}

/** `milliseconds`: an expression. */
export function poll(milliseconds: string, dialect: Dialect): string {
  return `bpf.${kind(dialect)}_buffer_poll(${milliseconds})`;
}

function kind(dialect: Dialect): string {
  return dialect.can("ringBuffer") ? "ring" : "perf";
}
