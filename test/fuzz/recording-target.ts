/** Recordings: a header and some lines of a real one, changed, then shown in every format. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { namesOf } from "../../src/recording/header.js";
import { Recording, RecordingError } from "../../src/recording/replay.js";
import { FORMAT_NAMES, formatGap } from "../../src/view/formats.js";
import { createView } from "../../src/view/view.js";
import { Memory } from "../view/show.js";
import type { Chance } from "./chance.js";
import { hostile } from "./hostile.js";
import { mutateBytes, mutateValue } from "./mutate.js";
import { hasNoLeak, isCsv, isMarkup, isPrintable } from "./oracles.js";
import { must, type Target } from "./target.js";

/** A character a byte, as inputs are. */
const RECORDINGS: readonly (readonly string[])[] = readdirSync("recordings").map((name) =>
  gunzipSync(readFileSync(join("recordings", name))).toString("latin1").split("\n").filter((line) => line !== ""),
); // prettier-ignore

const bytes = (text: string): string => Buffer.from(text).toString("latin1");

function make(chance: Chance): string {
  const all = chance.pick(RECORDINGS);
  const [header = "", ...lines] = all;
  // The beginning has what the rest is about; one line of it, and some of the middle, are enough.
  const from = chance.below(Math.max(1, lines.length - 12));
  const shown = [
    ...lines.slice(0, 3),
    ...lines.slice(from, from + chance.below(12)),
    lines.at(-1) ?? "",
  ].filter((line) => line.length < 20_000);
  const texts = [header, ...shown];
  for (let left = 1 + chance.below(3); left > 0; left--) {
    // The header is longer than all else, and most of what is wrong with it is told at once.
    const at = chance.is(0.3) ? 0 : chance.below(texts.length);
    const text = texts[at] ?? "";
    const way = chance.below(8);
    if (way < 4) texts[at] = bytes(mutateValue(Buffer.from(text, "latin1").toString(), chance));
    else if (way === 4) texts[at] = mutateBytes(text, chance);
    else if (way === 5) texts.splice(at, 1);
    else if (way === 6) texts.splice(at, 0, chance.pick(shown));
    else texts[at] = bytes(named(Buffer.from(text, "latin1").toString(), chance));
  }
  return texts.join("\n") + (chance.is(0.8) ? "\n" : "");
}

/** What the traced machine calls its own: any text that is not a word of the format. */
function named(json: string, chance: Chance): string {
  const text = JSON.stringify(hostile(chance)).slice(1, -1).replaceAll("$", "$$$$");
  return json.replace(/(?<=[[:,]\s*")[^"\\]*(?="\s*[\],}])/g, (found) => (chance.is(0.1) ? text : found));
}

async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text, "latin1");
  for (let at = 0; at < all.length; at += 65_536) yield all.subarray(at, at + 65_536);
  await Promise.resolve();
}

async function run(input: string, thorough: boolean): Promise<void> {
  let format = input.length % FORMAT_NAMES.length;
  for (let left = thorough ? FORMAT_NAMES.length : 1; left > 0; left--) {
    await show(input, FORMAT_NAMES[format] ?? "table");
    format = (format + 1) % FORMAT_NAMES.length;
  }
}

async function show(input: string, format: (typeof FORMAT_NAMES)[number]): Promise<void> {
  let recording: Recording;
  try {
    recording = await Recording.open(streamOf(input));
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    hasNoLeak("what is told", error.message, input);
    return;
  }
  const { header } = recording;
  if (formatGap(format, header.plan) !== undefined) return;
  const out = new Memory({ columns: 100 });
  const err = new Memory({ columns: 100 });
  const about = {
    query: header.query,
    script: header.script.text,
    started: header.started,
    kernel: header.kernel.release,
    tracer: header.tracer.version,
  };
  const view = createView(format, header.plan, { out, err }, namesOf(header), {
    clock: recording.clock,
    about,
    environment: { NO_COLOR: "1" },
  });
  const played = await recording.play({ onEvent: (event) => view.event(event) });
  view.end({
    lost: played.lost,
    damaged: played.damaged,
    ended: "finished",
    elapsed: played.end?.elapsed ?? 0,
  });
  isPrintable("the messages", err.text);
  checkOutput(format, out.text, input);
}

/** Values that stood in the recording may be shown again. */
function checkOutput(format: string, text: string, input: string): void {
  isPrintable(`the ${format}`, text);
  hasNoLeak(`the ${format}`, withoutScripts(text), input);
  if (format.endsWith("json") && text !== "")
    for (const document of format === "ndjson" ? text.trimEnd().split("\n") : [text]) JSON.parse(document);
  if (format === "json" || format === "speedscope" || format === "trace") JSON.parse(text);
  if (format === "csv") isCsv("the csv", text);
  if (format === "svg") isMarkup("the svg", text, true);
  if (format === "html") isMarkup("the html", withoutScripts(text), false);
  must(text.length < 20_000_000, `the ${format} is out of proportion`);
}

function withoutScripts(text: string): string {
  return text.replace(
    /<script\b[^>]*>[^]*?<\/script>|<style\b[^>]*>[^]*?<\/style>|<script[^]*?\]\]><\/script>/g,
    "",
  );
}

export const recordingTarget: Target = { name: "recording", share: 30, make, run };
