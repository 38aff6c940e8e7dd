/** Shows events in a format, and returns what was written. */
import { Writable } from "node:stream";
import type { Plan } from "../../src/plan/plan.js";
import type { ResultEvent } from "../../src/results/events.js";
import type { MemberNames } from "../../src/view/value/format-value.js";
import type { Output } from "../../src/view/streams.js";
import type { Format } from "../../src/view/formats.js";
import { createView } from "../../src/view/view.js";

/** A stream that keeps what is written to it. */
export class Memory extends Writable {
  text = "";
  isTTY?: boolean;
  columns?: number;
  isFile?: boolean;

  constructor(what?: { readonly columns: number } | { readonly isFile: true }) {
    super();
    if (what) Object.assign(this, "columns" in what ? { isTTY: true, columns: what.columns } : what);
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Noon, local time, plus what the kernel's time stamp says. */
export const CLOCK = {
  wallClock: (nsecs: number | bigint): number => new Date(2026, 0, 2, 12).getTime() + Number(nsecs) / 1e6,
};

export const NAMES: MemberNames = (kind, of) => {
  if (kind === "enum" && of === "member")
    return new Map([
      ["MM_FILEPAGES", 0n],
      ["MM_ANONPAGES", 1n],
    ]);
  if (kind === "flags" && of === "gfp_t")
    return new Map([
      ["GFP_IO", 0x40n],
      ["GFP_FS", 0x80n],
      ["GFP_KERNEL", 0xcc0n],
      ["GFP_HIGHMEM", 0x2n],
    ]);
  return undefined;
};

export interface Written {
  readonly out: string;
  readonly err: string;
}

export function show(
  format: Format,
  plan: Plan,
  events: readonly ResultEvent[],
  options: {
    readonly terminal?: boolean;
    readonly environment?: NodeJS.ProcessEnv;
    readonly lost?: number;
    readonly damaged?: number;
    readonly ended?: string;
  } = {},
): Written {
  const streams = [0, 1].map(() => new Memory(options.terminal ? { columns: 70 } : undefined)) as [
    Memory,
    Memory,
  ];
  const [out, err] = streams;
  const view = createView(format, plan, { out: out as Output, err: err as Output }, NAMES, {
    clock: CLOCK,
    environment: options.environment ?? {},
  });
  for (const event of events) void view.event(event);
  view.end({ ended: options.ended ?? "finished", lost: options.lost ?? 0, damaged: options.damaged ?? 0 });
  return { out: out.text, err: err.text };
}
