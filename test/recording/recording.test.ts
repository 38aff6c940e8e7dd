/** Recordings: what is written comes again, and what is damaged says where, with all that is whole. */
import { Readable } from "node:stream";
import { createGunzip, constants, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bundledKernel } from "../../src/index.js";
import { headerOf, type RunFacts } from "../../src/recording/header.js";
import { Recording, RecordingError, type Played } from "../../src/recording/replay.js";
import { unpacked } from "../../src/recording/unpack.js";
import { RecordingWriter } from "../../src/recording/writer.js";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import type { ResultEvent } from "../../src/results/events.js";
import { lineOf } from "../../src/results/lines.js";
import { EventCounts } from "../../src/results/event-counts.js";
import {
  aggregate,
  column,
  groups,
  rows,
  script,
  STRING,
  UNSIGNED,
  USTACK,
} from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES } from "../view/show.js";
import { bccRunner } from "../../src/tracers/bcc/runner.js";
import { bpftraceRunner } from "../../src/tracers/bpftrace/runner.js";

const SCRIPT = script(
  [
    groups([column("comm", STRING)], [aggregate("count", "count()")]),
    rows([column("pid", UNSIGNED), column("comm", STRING)]),
  ],
  { "@c": [0, 0] },
  { text: "BEGIN { }", environment: { BPFTRACE_MAX_MAP_KEYS: "100" } },
);
const VERSION = "0.17.0";
/** As the tracer prints them: bytes, not all of them UTF-8. */
const LINES = [
  '{"type": "attached_probes", "data": {"probes": 2}}',
  '{"type": "value", "data": [2,7,"caf\u00c3\u00a9"]}',
  '{"type": "value", "data": [2,8,"cut\u00c3"]}',
  '{"type": "map", "data": {"@c": {"cat": 3, "dog": 4}}}',
  '{"type": "value", "data": [0,0,5]}',
  "",
  '{"type": "lost_events", "data": {"events": 6}}',
  "nonsense",
];

class Bytes extends Memory {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    done();
  }
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

const KERNEL = bundledKernel("debian13");
const FACTS: RunFacts = {
  faultline: "1.2.3",
  query: "faults by comm \u00fc",
  kernel: KERNEL,
  tracer: { runner: bpftraceRunner, path: "/bpftrace", version: VERSION },
  clock: CLOCK,
  names: NAMES,
  script: SCRIPT,
  text: "// for a person",
};
const HEADER = headerOf(FACTS);

/** With a line every 100 ms. */
function record(lines: readonly string[] = LINES): Buffer {
  const out = new Bytes();
  let time = 0;
  const writer = new RecordingWriter(out, HEADER, () => (time += 100));
  const tally = new EventCounts();
  const decoder = createDecoder(SCRIPT, { version: VERSION });
  writer.attached(2, 5_000_000_000n);
  for (const line of lines) {
    void writer.line(lineOf(line));
    for (const event of decoder.read(lineOf(line))) tally.add(event);
  }
  writer.warning("odd \u00fc");
  const { events, lost, damaged } = tally;
  writer.end({ ended: "finished", events, lost, damaged, elapsed: 1000 });
  return out.bytes;
}

function chunked(bytes: Uint8Array, size = 50): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
  );
}

async function play(
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  speed?: number,
): Promise<{ events: ResultEvent[]; played: Played; header: Recording["header"] }> {
  const events: ResultEvent[] = [];
  const recording = await Recording.open(bytes instanceof Uint8Array ? chunked(bytes) : bytes);
  const played = await recording.play({
    onEvent: (event) => void events.push(event),
    ...(speed === undefined ? {} : { speed }),
  });
  return { events, played, header: recording.header };
}

const WHOLE = record();
const EXPECTED: readonly ResultEvent[] = [
  { kind: "attached", probes: 2 },
  { kind: "row", result: 1, values: [7, "caf\u00e9"] },
  { kind: "row", result: 1, values: [8, "cut\udcc3"] },
  {
    kind: "groups",
    result: 0,
    nsecs: 5,
    final: true,
    groups: [
      { keys: ["dog"], values: [4] },
      { keys: ["cat"], values: [3] },
    ],
  },
  { kind: "lost", count: 6 },
  { kind: "damaged", line: "nonsense", why: "line 10: something that is not a value" },
  { kind: "message", level: "warning", text: "odd \u00fc" },
];

describe("a recording that is whole", () => {
  it("is played as it was", async () => {
    const { events, played, header } = await play(WHOLE);
    expect(events).toEqual(EXPECTED);
    expect(played).toEqual({
      events: 4,
      lost: 6,
      damaged: 1,
      end: { ended: "finished", events: 4, lost: 6, damaged: 1, elapsed: 1000 },
      problems: [],
      problemCount: 0,
    });
    expect(header).toMatchObject({
      query: "faults by comm \u00fc",
      kernel: { release: KERNEL.release },
      script: { ran: "BEGIN { }", text: "// for a person" },
      tracer: { version: VERSION },
    });
    expect(header.plan.results).toEqual(SCRIPT.plan.results);
  });

  it("is played as a BCC program said it", async () => {
    const out = new Bytes();
    const tracer = { runner: bccRunner, path: "/python3", version: "0.31.0" };
    const writer = new RecordingWriter(out, headerOf({ ...FACTS, tracer }));
    writer.attached(2, 5_000_000_000n);
    for (const line of [
      '{"attached":2}',
      '{"row":1,"values":[7,"caf\u00c3\u00a9"]}',
      '{"groups":0,"time":5,"rows":[[["cat"],[3]],[["dog"],[4]]],"final":true}',
      '{"lost":6}',
    ])
      void writer.line(lineOf(line));
    writer.end({ ended: "finished", events: 3, lost: 6, damaged: 0, elapsed: 10 });
    const { events, played, header } = await play(out.bytes);
    expect(header.tracer).toEqual({ name: "BCC", version: "0.31.0" });
    const isSame = ({ kind }: ResultEvent): boolean => kind !== "damaged" && kind !== "message";
    expect(events).toEqual(EXPECTED.filter((event, i) => i !== 2 && isSame(event)));
    expect(played.problems).toEqual([]);
  });

  it("is refused when it is of another tracer", async () => {
    const text = WHOLE.toString("latin1").replace('"name":"bpftrace"', '"name":"ply"');
    await expect(play(Buffer.from(text, "latin1"))).rejects.toThrow(
      "`tracer.name` is not one of bpftrace, BCC",
    );
  });

  it("keeps the wall clock of its machine", async () => {
    const { clock } = await Recording.open(chunked(WHOLE));
    expect(clock.wallClock(5_000_000)).toBe(CLOCK.wallClock(5_000_000));
  });

  it("is played in time, or so many times as fast", async () => {
    const start = performance.now();
    const { events } = await play(WHOLE, 4);
    // A line came every 100 ms after it was attached: eight of them, and two more facts.
    expect(performance.now() - start).toBeGreaterThanOrEqual(240);
    expect(events).toEqual(EXPECTED);
  });

  it("stops when it is asked to", async () => {
    const stop = new AbortController();
    const recording = await Recording.open(chunked(WHOLE));
    const events: ResultEvent[] = [];
    const { problemCount } = await recording.play({ speed: 0.001, signal: stop.signal, onEvent: (event) => { events.push(event); setTimeout(() => stop.abort(), 10); } }); // prettier-ignore
    expect(events).toHaveLength(1);
    expect(problemCount).toBe(0);
  });

  it("waits for who takes the events", async () => {
    let open = 0;
    let most = 0;
    const recording = await Recording.open(chunked(WHOLE));
    await recording.play({
      async onEvent() {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
      },
    });
    expect(most).toBe(1);
  });
});

describe("stacks that only their machine could name", () => {
  it("have their names in the recording", async () => {
    const stacks = script([groups([column("ustack", USTACK)], [aggregate("count", "count()")])], {
      "@c": [0, 0],
    });
    const out = new Bytes();
    const writer = new RecordingWriter(out, { ...HEADER, plan: stacks.plan, maps: [...stacks.maps] });
    writer.attached(1, 5_000_000_000n);
    for (let i = 0; i < 2; i++) writer.named({ stack: "0x7f1\n0x7f2", named: "malloc+1\nmain+2" });
    void writer.line(lineOf('{"type": "map", "data": {"@c": {"\\n        0x7f1\\n        0x7f2\\n": 3}}}'));
    void writer.line(lineOf('{"type": "value", "data": [0,0,5]}'));
    writer.end({ ended: "finished", events: 1, lost: 0, damaged: 0, elapsed: 1 });
    const { events, played } = await play(out.bytes);
    expect(played.problems).toEqual([]);
    expect(events.at(-1)).toMatchObject({ groups: [{ keys: ["malloc+1\nmain+2"], values: [3] }] });
    expect(out.bytes.toString().match(/ named /g)).toHaveLength(1);
  });
});

describe("a recording that is cut off", () => {
  it("plays what is whole and says where it ends, wherever that is", async () => {
    const headerEnd = WHOLE.indexOf(0x0a);
    for (let length = 0; length < WHOLE.length; length += length > headerEnd - 3 ? 1 : 97) {
      const cut = WHOLE.subarray(0, length);
      if (length <= headerEnd) {
        await expect(Recording.open(chunked(cut))).rejects.toThrow(
          length === 0 ? "it is empty" : "line 1 (byte 0): its header is cut off",
        );
        continue;
      }
      const { events, played } = await play(cut);
      const lines = cut.toString("latin1").split("\n");
      const partial = lines.at(-1) as string;
      expect(played.problems).toEqual([
        {
          line: lines.length,
          byte: length - partial.length,
          why:
            partial === ""
              ? "it is cut off here: the end of the run is missing"
              : "it is cut off in the middle of this line",
        },
      ]);
      const whole = events.filter(({ kind }) => kind !== "groups");
      expect(whole).toEqual(EXPECTED.filter(({ kind }) => kind !== "groups").slice(0, whole.length));
    }
  });

  it("loses no more than its end when it is packed", async () => {
    const packed = gzipSync(WHOLE);
    const stream = unpacked(
      chunked(packed.subarray(0, packed.length - 30)),
      createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
    );
    const { events, played } = await play(stream);
    expect(events.length).toBeGreaterThan(3);
    expect(played.problemCount).toBe(1);
  });

  it("says where it cannot be unpacked", async () => {
    const packed = gzipSync(
      record([
        ...LINES,
        ...Array.from(
          { length: 20_000 },
          (_, i) => `{"type": "value", "data": [2,${(i * 7919) % 10_007},"x"]}`,
        ),
      ]),
    );
    const middle = Math.floor(packed.length / 2);
    packed.fill(0xff, middle, middle + 20);
    const { events, played } = await play(unpacked(chunked(packed, 1000), createGunzip()));
    expect(events.length).toBeGreaterThan(1000);
    expect(played.problems[0]?.why).toMatch(
      /cannot be unpacked from here on|does not begin with its time|is none of|is cut off|more after its end|cannot be read/,
    );
    expect(played.problems[0]?.line).toBeGreaterThan(1000);
  });
});

describe("a recording that was changed", () => {
  const lines = WHOLE.toString("latin1").split("\n");
  const changed = (change: (lines: string[]) => void): Buffer => {
    const copy = [...lines];
    change(copy);
    return Buffer.from(copy.join("\n"), "latin1");
  };

  it.each<[string, (lines: string[]) => void, number, string]>([
    ["a line that is none", (l) => l.splice(3, 0, "what?"), 4, "it does not begin with its time"],
    [
      "a word that is none",
      (l) => l.splice(3, 0, "12 evil {}"),
      4,
      "it is none of out, attached, until, warning, named, group and end",
    ],
    [
      "a fact that is none",
      (l) => l.splice(3, 0, '12 warning {"text": 5}'),
      4,
      "its warning cannot be read: `text` is not text",
    ],
    ["JSON that is none", (l) => l.splice(3, 0, "12 end {"), 4, "its end cannot be read"],
    ["more than all", (l) => l.splice(-1, 0, "12 out x"), 13, "there is more after its end"],
    ["a line that is gone", (l) => l.splice(3, 1), 12, "its end says 4 lines and groups, and it has 3"],
    [
      "an endless time",
      (l) => l.splice(3, 0, `${"9".repeat(400)} out x`),
      4,
      "it does not begin with its time",
    ],
  ])("%s", async (_, change, line, why) => {
    const bytes = changed(change);
    const { events, played } = await play(bytes);
    expect(played.problems[0]).toMatchObject({ line });
    expect(played.problems[0]?.why).toContain(why);
    const place = played.problems[0]?.byte ?? 0;
    expect(place === 0 || place >= bytes.length || bytes[place - 1] === 0x0a).toBe(true);
    expect(events.at(-1)).toEqual(EXPECTED.at(-1));
  });

  it.each<[string, string, string]>([
    ['"version":2', '"version":3', "it has version 3, and this is for 2"],
    ['"format":"faultline-recording"', '"format":"x"', "does not say that it is one"],
    ['"kind":"groups"', '"kind":"constructor"', "`plan.results[0].kind`"],
    ['"clock":', '"clock":"', "does not begin with a header in JSON"],
    ['"holds":"aggregate"', '"holds":"all"', "`maps[0][1].holds`"],
  ])("a header with %s as %s", async (from, to, message) => {
    const error = await Recording.open(
      chunked(changed((l) => (l[0] = (l[0] as string).replace(from, to)))),
    ).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RecordingError);
    expect((error as RecordingError).message).toContain(message);
    expect((error as RecordingError).message).toContain("line 1 (byte 0)");
  });

  it("never fails in another way, whichever byte is changed", async () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let i = 0; i < 400; i++) {
      const bytes = Buffer.from(WHOLE);
      for (let n = 0; n < 1 + random(3); n++) bytes[random(bytes.length)] = random(256);
      const failure = await play(bytes).then(() => undefined, (error: unknown) => error); // prettier-ignore
      if (failure !== undefined) expect(failure).toBeInstanceOf(RecordingError);
    }
  });
});
