/**
 * A recording may come from anyone: whatever one of its values is instead, it is told as damaged or shown, and is never
 * a fault of Faultline's own or a number that is none.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { namesOf } from "../../src/recording/header.js";
import { Recording, RecordingError } from "../../src/recording/replay.js";
import { FORMAT_NAMES as FORMATS, formatGap } from "../../src/view/formats.js";
import { createView, type Streams } from "../../src/view/view.js";
import { changed, ODD, placesIn, shortened, type Json } from "./odd.js";

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What a replay prints in that format; throws what is not the recording's fault. */
async function replayed(text: string, format: (typeof FORMATS)[number]): Promise<string> {
  let recording: Recording;
  try {
    recording = await Recording.open(bytes(text));
  } catch (error) {
    if (error instanceof RecordingError) return error.message;
    throw error;
  }
  const { header } = recording;
  if (formatGap(format, header.plan) !== undefined) return "";
  const printed: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (piece, _, done) => {
      printed.push(String(piece));
      done();
    },
  });
  const view = createView(format, header.plan, { out: stream, err: stream } as Streams, namesOf(header), {
    clock: recording.clock,
    about: {
      query: header.query,
      script: header.script.text,
      started: header.started,
      kernel: header.kernel.release,
      tracer: `${header.tracer.name} ${header.tracer.version}`,
    },
  });
  const played = await recording.play({ onEvent: (event) => view.event(event) });
  view.end({
    lost: played.lost,
    damaged: played.damaged,
    ended: played.end?.ended ?? "cut off",
    elapsed: played.end?.elapsed ?? 0,
  });
  return printed.join("");
}

const NONE = /\b(?:NaN|Infinity|undefined|Invalid Date)\b/;

/** What is asked of each: the texts that are put in are not to be taken for what is looked for. */
function faultIn(printed: string, odd: unknown): string | undefined {
  if (odd === "NaN") return undefined;
  return NONE.exec(printed)?.[0];
}

describe.each(["drsnoop", "faultstack", "vmscan", "biolatency"])("%s", (name) => {
  const text = gunzipSync(readFileSync(join("recordings", `${name}.flrec.gz`))).toString();
  const lines = text.trimEnd().split("\n");
  const [head = "", ...body] = lines;
  const short = [...body.slice(0, 6), ...body.slice(-1)];

  it("is shown whole", async () => {
    for (const format of FORMATS)
      expect(faultIn(await replayed(`${lines.join("\n")}\n`, format), "")).toBe(undefined);
  });

  it("has no value in its header that brings a replay down", async () => {
    const header = shortened(JSON.parse(head) as Json);
    const faults = new Set<string>();
    for (const [i, path] of placesIn(header).entries()) {
      for (const value of [ODD[i % ODD.length], 1e300, 0.5]) {
        const line = JSON.stringify(changed(header, path, value));
        const format = FORMATS[(i + ODD.indexOf(value)) % FORMATS.length] ?? "table";
        try {
          const fault = faultIn(await replayed([line, ...short, ""].join("\n"), format), value);
          if (fault !== undefined)
            faults.add(`${path.join(".")} = ${JSON.stringify(value)} as ${format}: ${fault}`);
        } catch (error) {
          faults.add(
            `${path.join(".")} = ${JSON.stringify(value)} as ${format}: ${(error as Error).message}`,
          );
        }
      }
    }
    expect([...faults]).toEqual([]);
  }, 120_000);

  it("has no value in a line that brings a replay down", async () => {
    const faults = new Set<string>();
    for (const [at, line] of short.entries()) {
      const [, prefix = "", json] = /^(\d+ \w+ )(.*)$/.exec(line) ?? [];
      let value: Json;
      try {
        value = JSON.parse(json ?? "") as Json;
      } catch {
        continue;
      }
      for (const [i, path] of placesIn(value).entries())
        for (const [j, odd] of ODD.entries()) {
          // All in turn, and not each everywhere: there are thousands of places.
          if ((i + j + at) % 3 > 0) continue;
          const format = FORMATS[(i + j) % FORMATS.length] ?? "table";
          const other = `${prefix}${JSON.stringify(changed(value, path, odd))}`;
          try {
            const fault = faultIn(
              await replayed([head, ...short.with(at, other), ""].join("\n"), format),
              odd,
            );
            if (fault !== undefined) faults.add(`${other} as ${format}: ${fault}`);
          } catch (error) {
            faults.add(`${other} as ${format}: ${(error as Error).message}`);
          }
        }
    }
    expect([...faults]).toEqual([]);
  }, 120_000);
});
