/**
 * `-o x.speedscope.json`: speedscope's own file format: all frames once, then for each result a sampled profile of
 * stacks and weights. Written at the end, since the frames come first.
 */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import type { Result, ResultColumn } from "../../plan/plan.js";
import { foldedFrames } from "./folded.js";
import { LastInterval } from "../../results/last-interval.js";
import { notesOf } from "../notes.js";
import { toJson, type Plain } from "./records.js";
import { StackReader, weightOf, type Frame, type Weight } from "../stacks.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

const SCHEMA = "https://www.speedscope.app/file-format-schema.json";

interface Profile {
  readonly reader: StackReader;
  readonly weight: Weight;
  readonly last: LastInterval;
  readonly stacks: Map<string, { readonly frames: readonly Frame[]; weight: number }>;
}

export class SpeedscopeWriter implements Writer {
  private readonly profiles: readonly Profile[];
  private readonly notes: Note[] = [];

  constructor(private readonly context: ViewContext) {
    this.profiles = context.plan.results.map((result) => ({
      reader: new StackReader(result, context),
      weight: weightOf(result, context),
      last: new LastInterval(),
      stacks: new Map(),
    }));
  }

  row(event: RowEvent): void {
    const profile = this.profiles[event.result];
    if (profile) add(profile, profile.reader.read(event.values), 1);
  }

  groups(event: GroupsEvent): void {
    const profile = this.profiles[event.result];
    if (!profile) return;
    // Only the spans that are open now count.
    if (profile.weight.isOfOneInterval) {
      if (!profile.last.takes(event)) return;
      profile.stacks.clear();
    }
    for (const group of event.groups)
      add(profile, profile.reader.read(group.keys), Number(profile.weight.of(group)));
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  end(summary: ViewSummary): void {
    try {
      this.document(summary);
    } catch (error) {
      // Other tools can read the stacks in folded form, so they are written that way.
      for (const { stacks } of this.profiles)
        for (const { frames, weight } of stacks.values())
          this.context.write(`${foldedFrames(frames)} ${weight}\n`);
      throw error;
    }
  }

  private document(summary: ViewSummary): void {
    const { write, plan } = this.context;
    const frames = new Map<string, PlacedFrame>();
    const profiles = plan.results.map((result, i) =>
      this.profileOf(result, this.profiles[i] as Profile, frames),
    );
    const notes = notesOf(summary, this.notes);
    const name = [plan.results.map(({ query }) => query).join("; "), ...notes].join(" · ");
    const shared = { frames: [...frames.values()].map(sharedFrame) };
    write(
      toJson({
        $schema: SCHEMA,
        name,
        exporter: "faultline",
        activeProfileIndex: 0,
        shared,
        profiles,
      }) + "\n",
    );
  }

  private profileOf(result: Result, { stacks, weight }: Profile, frames: Map<string, PlacedFrame>): Plain {
    const kept = [...stacks.values()].filter((each) => each.weight > 0);
    return {
      type: "sampled",
      name: result.query,
      unit: unitOf(weight.column),
      startValue: 0,
      endValue: kept.reduce((sum, each) => sum + each.weight, 0),
      samples: kept.map((each) => each.frames.map((frame) => place(frames, frame))),
      weights: kept.map((each) => each.weight),
    };
  }
}

function add({ stacks }: Profile, frames: readonly Frame[], weight: number): void {
  const key = frames.map(({ id }) => id).join();
  const known = stacks.get(key);
  if (known) known.weight += weight;
  else stacks.set(key, { frames, weight });
}

/** A frame and its place among all. */
type PlacedFrame = Frame & { readonly at: number };

function place(frames: Map<string, PlacedFrame>, frame: Frame): number {
  const known = frames.get(frame.name);
  if (known) return known.at;
  frames.set(frame.name, { ...frame, at: frames.size });
  return frames.size - 1;
}

/** The file has a place of its own there. */
function sharedFrame({ name, module }: Frame): { readonly name: string; readonly file?: string } {
  const tail = module === undefined ? "" : ` [${module}]`;
  return module !== undefined && name.endsWith(tail)
    ? { name: name.slice(0, -tail.length), file: module }
    : { name };
}

function unitOf({ type }: ResultColumn): "bytes" | "nanoseconds" | "none" {
  const unit = "unit" in type && !("per" in type) ? type.unit : "none";
  return unit === "bytes" ? "bytes" : unit === "duration" ? "nanoseconds" : "none";
}
