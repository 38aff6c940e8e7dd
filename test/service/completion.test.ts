/** What is offered at a cursor (`‸`) in a text. */
import { describe, expect, test } from "vitest";
import { compile } from "../../src/index.js";
import { complete } from "../../src/service/completion/complete.js";
import type { Offer } from "../../src/service/completion/offer.js";
import { offersAt, smallWorkspace } from "./service.js";

/** Text with a cursor, what must be offered, what must not. */
type Row = readonly [text: string, some: readonly string[], none: readonly string[]];

const labels = (text: string): readonly string[] => offersAt(text).map(({ label }) => label);

function offered(rows: readonly Row[]): void {
  test.each(rows)("%s", (text, some, none) => {
    const all = labels(text);
    expect(all).toEqual(expect.arrayContaining([...some]));
    expect(all.filter((label) => none.includes(label))).toEqual([]);
  });
}

describe("in a query, what fits", () => {
  offered([
    ["‸", ["faults", "direct_reclaim", "tracepoint", "open", "event", "span"], ["comm", "by"]],
    ["mall‸", ["malloc"], ["faults"]],
    ["malloc hist(‸", ["size", "pid"], ["comm", "ustack", "time"]],
    ["malloc by ‸", ["comm", "ustack", "size"], ["hist"]],
    ["malloc by size‸", ["size"], ["comm"]],
    ["direct_reclaim where latency > ‸", ["1ms", "1us"], ["1KB", "comm", "order"]],
    ["direct_reclaim where latency > 10‸", ["10ms", "10s"], ["10KB", "10pages"]],
    ["malloc where size > 4‸", ["4KB", "4MB"], ["4ms"]],
    ["faults every 1‸", ["1s", "1ms"], ["1KB"]],
    ["direct_reclaim where latency ‸", [">", "<", "in"], ["~", "has", "and", "by"]],
    ["direct_reclaim where latency > 1ms ‸", ["and", "or", "by"], ["has", ">", "where"]],
    ["faults where comm ‸", ["==", "~"], ["<", "has"]],
    ["faults where comm ~ ‸", ['"*…*"'], ["1ms"]],
    ["direct_reclaim where gfp has ‸", ["__GFP_HIGH"], ["comm", "latency"]],
    ["direct_reclaim where gfp has __GFP_HIGH | ‸", ["__GFP_DIRECT_RECLAIM"], ["comm"]],
    ["faults where flags has ‸", ["FAULT_FLAG_WRITE"], ["comm"]],
    ["rss where member == ‸", ["MM_ANONPAGES", "MM_FILEPAGES"], ["comm", "1MB"]],
    ["rss where member in (MM_ANONPAGES, ‸", ["MM_FILEPAGES"], ["comm"]],
    ["direct_reclaim hist(latency) in ‸", ["ms", "us"], ["KB"]],
    ["malloc sum(size) in ‸", ["MB", "KB"], ["ms"]],
    ["direct_reclaim by comm, ‸", ["pid", "order"], []],
    ["direct_reclaim by begin.‸", ["order", "comm"], ["reclaimed"]],
    ["direct_reclaim by end.‸", ["reclaimed", "comm"], ["order"]],
    ["every 1s show sum(shrink_slab.‸", ["latency"], ["comm"]],
    ["faults via ‸", ["software", "kprobe"], ["k"]],
    ["open ‸", ["allocation", "direct_reclaim"], ["faults"]],
    ["faults by comm; malloc by ‸", ["size"], ["address"]],
  ]);
});

describe("of the kernel", () => {
  offered([
    ["tracepoint:vmsc‸", ["tracepoint:vmscan:"], ["tracepoint:sched:"]],
    ["tracepoint:vmscan:mm_vmscan_direct‸", ["tracepoint:vmscan:mm_vmscan_direct_reclaim_begin"], []],
    ["kprobe:handle_mm_f‸", ["kprobe:handle_mm_fault"], ["kprobe:vfs_read"]],
    ["software:page‸", ["software:page-faults"], []],
    ["kprobe:handle_mm_fault(vma, address, flags) by ‸", ["address", "comm"], ["hist"]],
    ["kprobe:handle_mm_fault(vma, address, flags) where vma.‸", ["vm_file", "vm_flags"], ["comm"]],
    ["kprobe:handle_mm_fault(vma) by vma.vm_file.‸", ["f_inode", "f_path"], ["vm_file"]],
    ["tracepoint:oom:mark_victim by args.‸", ["pid"], ["comm_"]],
  ]);
});

describe("in a definition", () => {
  const provider = "event x {\n  provider tracepoint:vmscan:mm_vmscan_direct_reclaim_begin { ";
  offered([
    ["event x {\n  ‸", ["provider"], ["begin", "faults"]],
    ["span x on ‸", ["tid", "pid"], ["faults"]],
    ["span x on tid {\n  ‸", ["begin", "end", "during"], ["provider"]],
    ["event x {\n  provider ‸", ["tracepoint", "kprobe", "faults"], ["by"]],
    ["event x {\n  provider software:page-faults:1 ‸", ["where", "note", "rate"], ["by"]],
    [`${provider}a: ‸`, ["bytes", "duration", "flags"], ["faults"]],
    [`${provider}a: flags ‸`, ["gfp_t"], ["bytes"]],
    [`${provider}a: int = ‸`, ["args", "comm", "str"], ["faults"]],
    [`${provider}a: int = args.‸`, ["order", "gfp_flags"], ["comm"]],
    [`${provider}a: int = args.order\n    b: flags gfp_t = args.‸`, ["gfp_flags"], ["comm"]],
    ["tool x(a: ‸", ["duration", "bytes", "source"], ["faults"]],
    ["tool x(least: bytes) {\n  malloc where size > ‸", ["least", "1KB"], ["comm"]],
    ["tool x {\n  malloc by ‸", ["size", "comm"], ["address"]],
    ["tool x {\n  faults; malloc by ‸\n}", ["size", "comm"], ["address"]],
    ["tool x(e: source = faults) {\n  e by ‸", ["address", "comm"], ["size"]],
    [
      "/// Mine.\nevent mine {\n  provider software:page-faults:1 { small: bytes = 4096B }\n}\nmine by ‸",
      ["small"],
      ["address"],
    ],
  ]);
});

describe("nothing", () => {
  test.each([
    'faults where comm == "ng‸',
    "faults // by ‸",
    "faults by comm top 10x‸",
    "malloc)x‸",
    "event ‸",
  ])("%s", (text) => expect(labels(text)).toEqual([]));
});

test("fields are offered with their types and units, and what they mean", () => {
  const latency = offersAt("direct_reclaim hist(‸").find(({ label }) => label === "latency");
  expect(latency).toMatchObject({ kind: "field", detail: "duration" });
  const [first] = offersAt("direct_recl‸");
  expect(first?.doc).toMatch(/^Direct reclaim/);
});

/** How many offers are looked at before one gives up. */
const FIRST = 10;

test("who has never seen the language writes a query by completion alone", () => {
  const words = ["direct_reclaim", "hist", "(", "latency", ")", "by", "comm", "where", "latency", ">", "1ms"];
  const open = smallWorkspace();
  const offersBehind = (text: string): readonly Offer[] =>
    complete(open.analyse({ name: "new.fl", text }), text.length).offers.slice(0, FIRST);
  let text = "";
  for (const word of words) {
    // An aggregate is written with its bracket.
    if (word === "(") expect(offersBehind("direct_reclaim hist")[0]?.insert).toBe("hist($0)");
    else
      expect(
        offersBehind(text).map(({ label }) => label),
        text,
      ).toContain(word);
    text = `${text}${word} `;
  }
  const query = "direct_reclaim hist(latency) by comm where latency > 1ms";
  expect(text.replaceAll(" ", "")).toBe(query.replaceAll(" ", ""));
  expect(compile(text).diagnostics).toEqual([]);
});
