/**
 * Symbolizes user stacks. The tracer prints addresses (or names, if that cannot be turned off), and the addresses
 * are looked up here in the mappings of their processes, which may have ended.
 */
import { firstFew } from "../few.js";
import { release } from "node:os";
import { lazy } from "../lazy.js";
import { CALLER, withoutMark } from "../tracers/stack-names.js";
import type { CodeMessage } from "../tracers/code-messages.js";
import { append } from "../lists.js";
import { RecentTexts } from "./recent-texts.js";
import { AddressSpaces } from "./address-spaces.js";
import { FileFinder } from "./file-finder.js";
import { JitMaps } from "./jit-maps.js";
import { MappingIndex, type Hit, type Location, type SharedLayout } from "./layout.js";
import { framesBetween, GAP, isOutermost } from "./missing-frames.js";
import type { CodePlace } from "./module.js";
import { Modules } from "./modules.js";
import { NotedStacks } from "./noted-stacks.js";
import { PlaceCache } from "./place-cache.js";
import { ReportedMappings } from "./reported-mappings.js";

const ADDRESS = /^0x[0-9a-f]{1,13}$/;
const MOST_NAMED_FILES = 3;
/** The limit on counted stacks without names. */
const MOST_UNNAMED = 10_000;
/** Characters of stacks with their names: those of a large program, 10,000 stacks of 60 frames, fit. */
const MOST_NAMED = 48 * 1024 * 1024;
/** The shortest time between two refreshes, in milliseconds. */
const FRESH = 50;
/** A refresh of all processes waits this many times as long as the last one took. */
const REFRESH_FACTOR = 20;
/** The number of frames in one process's code that is no coincidence, even if the innermost is not in a file. */
const ENOUGH_FRAMES = 3;
/** The number of frames up to which it is said that a stack is cut off. */
const SHORT = 2;
/** Since 6.12, the kernel puts the caller into a user stack that is taken at an entry, where it sees that it is one. */
const findsCallers = lazy(() => isSince(release(), 6, 12));

/** The locations of a stack's bare frames by position, and the processes that have them. */
interface FramePlaces {
  readonly pids: ReadonlySet<number>;
  readonly byFrame: ReadonlyMap<number, Location>;
}

export class UserStacks {
  private readonly finder = new FileFinder();
  private readonly spaces = new AddressSpaces((path) => this.finder.add(path));
  private readonly reported = new ReportedMappings(this.finder);
  private index: { readonly version: number; readonly mappings: MappingIndex } | undefined;
  private readonly modules = new Modules();
  private readonly entries = new PlaceCache((place) => this.modules.placeOf(place, false));
  private readonly returns = new PlaceCache((place) => this.modules.placeOf(place, true));
  private readonly named = new RecentTexts(MOST_NAMED);
  private readonly unnamed = new Set<string>();
  private readonly cutOff = new NotedStacks();
  private readonly gaps = new NotedStacks();
  private readonly jit = new JitMaps((pid) => this.spaces.userOf(pid));
  private refreshAt = -Infinity;

  /** `traced` is the only traced process; without it all are traced. Further processes are announced. */
  constructor(private readonly traced: number | undefined) {
    if (traced === undefined) this.spaces.readAll();
    else this.spaces.announce(traced);
  }

  /** Takes a message that a process has started or mapped code, and reads the process's mappings. */
  report(message: CodeMessage): void {
    if (message.what === "process" || message.what === "program") this.spaces.announce(message.pid);
    if (message.what !== "process" && !this.reported.add(message)) this.spaces.refresh(message.pid);
  }

  /**
   * Names the frames of a stack: one a line, the innermost first. `pid` is its process, and `depth` how many frames were
   * asked for, if known.
   */
  name(stack: string, pid?: number, depth?: number): string {
    if (!stack.includes("0x")) return withoutMark(stack);
    const key = `${pid ?? ""} ${stack}`;
    const known = this.named.get(key);
    if (known !== undefined) return known;
    const { frames, hasCaller } = unmarked(stack);
    let places = this.placesOf(frames, pid);
    const wanted = frames.filter((frame) => ADDRESS.test(frame)).length;
    if ((places?.byFrame.size ?? 0) < wanted && this.refresh()) places = this.placesOf(frames, pid);
    if (!places) {
      if (this.unnamed.size < MOST_UNNAMED) this.unnamed.add(key);
      return withoutMark(stack);
    }
    const text = this.namedFrames(frames, places, { key, hasCaller, depth }).join("\n");
    this.named.set(key, text);
    return text;
  }

  /** Returns the warnings about frames without names, each once. */
  notes(): string[] {
    return [...this.refusedNotes(), ...this.strippedNotes(), ...this.unnamedNotes(), ...this.shortNotes()];
  }

  close(): void {
    this.spaces.close();
    this.modules.close();
  }

  private namedFrames(
    given: readonly string[],
    { pids, byFrame }: FramePlaces,
    { key, hasCaller, depth }: { key: string; hasCaller: boolean; depth: number | undefined },
  ): string[] {
    const placeAt = (i: number): CodePlace | undefined => {
      const location = byFrame.get(i);
      return location && (i > 0 ? this.returns : this.entries).of(location);
    };
    const all = given.map((frame, i) => ({ frame, place: placeAt(i) }));
    // A kernel that sees that this is an entry has found the caller, too.
    const isTwice =
      hasCaller &&
      given[1] === given[2] &&
      findsCallers() &&
      all[0]?.place?.module.isKnownEntry(all[0].place.address) !== false;
    const frames = isTwice ? all.filter((_, i) => i !== 2) : all;
    const modules = new Set(frames.flatMap(({ place }) => place?.module ?? []));
    const names: string[] = [];
    let hasGap = false;
    for (const [i, { frame, place }] of frames.entries()) {
      const above = frames[i - 1]?.place;
      const missing =
        above && place ? framesBetween(above, place, { modules, isExact: i === 1 && hasCaller }) : [];
      hasGap ||= missing.includes(GAP);
      append(names, missing);
      names.push(place?.text ?? this.jitName(frame, pids));
    }
    const last = frames.at(-1)?.place;
    const shown = names.length - names.filter((name) => name === GAP).length;
    if (last && shown <= SHORT && shown !== depth && isOutermost(last) === false)
      this.cutOff.note(key, last.module.name);
    else if (hasGap) this.gaps.note(key);
    return names;
  }

  private jitName(frame: string, pids: ReadonlySet<number>): string {
    const [pid] = pids;
    const found = pid !== undefined && ADDRESS.test(frame) ? this.jit.find(pid, Number(frame)) : undefined;
    return found ? `${found.name}+${found.offset} [jit]` : frame;
  }

  /** Reads the mappings again, since a library may have been loaded; returns false if they were read just now. */
  private refresh(): boolean {
    const start = performance.now();
    if (start < this.refreshAt) return false;
    if (this.traced === undefined) this.spaces.readAll();
    else this.spaces.refreshWatched();
    const end = performance.now();
    this.refreshAt = end + Math.max(FRESH, REFRESH_FACTOR * (end - start));
    return true;
  }

  /**
   * Locates the bare frames in the process that contains most of them. Undefined if none does, or if two
   * processes give different locations and it cannot be decided which one it was.
   */
  private placesOf(frames: readonly string[], pid: number | undefined): FramePlaces | undefined {
    const layouts = new Map<SharedLayout, Map<number, Location>>();
    for (const [i, frame] of frames.entries()) {
      if (!ADDRESS.test(frame)) continue;
      for (const { layout, location } of this.hits(Number(frame))) {
        const places = layouts.get(layout) ?? new Map<number, Location>();
        layouts.set(layout, places.set(i, location));
      }
    }
    const all = [...layouts].map(([{ pids }, byFrame]) => ({ pids, byFrame }));
    const own = pid === undefined ? [] : all.filter(({ pids }) => pids.has(pid));
    const candidates =
      own.length > 0 ? own : all.filter(({ byFrame }) => this.isCredible(byFrame, frames[0] ?? ""));
    const most = candidates.reduce((size, { byFrame }) => Math.max(size, byFrame.size), 0);
    const best = candidates.filter(({ byFrame }) => byFrame.size === most);
    const [first] = best;
    const isSure =
      first && best.slice(1).every((each) => signature(each.byFrame) === signature(first.byFrame));
    return isSure ? first : undefined;
  }

  /**
   * Guards against a process that has code at an address by coincidence. The innermost frame is the program counter;
   * the others may be values that a walk without frame pointers mistook for return addresses.
   */
  private isCredible(places: ReadonlyMap<number, Location>, innermost: string): boolean {
    const isOfFew = this.traced !== undefined;
    return isOfFew || places.has(0) || !ADDRESS.test(innermost) || places.size >= ENOUGH_FRAMES;
  }

  private hits(address: number): readonly Hit[] {
    const version = this.spaces.version + this.reported.version;
    if (this.index?.version !== version)
      this.index = {
        version,
        mappings: new MappingIndex([...this.spaces.layouts, ...this.reported.layouts]),
      };
    return this.index.mappings.find(address);
  }

  private refusedNotes(): string[] {
    const files = [...this.modules.refused, ...this.jit.refused];
    if (files.length === 0) return [];
    const named = files.map(([path, why]) => `${path} (${why})`);
    return [
      `functions without names, because these files are not read: ${firstFew(named, MOST_NAMED_FILES)}`,
    ];
  }

  private strippedNotes(): string[] {
    const files = this.modules.stripped;
    if (files.length === 0) return [];
    const named = files.map(({ path, buildId }) =>
      buildId === undefined ? path : `${path} (build id ${buildId})`,
    );
    return [
      `functions without names in ${firstFew(named, MOST_NAMED_FILES)}: install the package's symbols (\`-dbgsym\`, \`-debuginfo\`), or fetch them with \`debuginfod-find debuginfo BUILD-ID\``,
    ];
  }

  private shortNotes(): string[] {
    const why =
      "compiled without frame pointers, by which stacks are walked: build with -fno-omit-frame-pointer";
    const { count, text, files } = this.cutOff;
    return [
      ...(count === 0
        ? []
        : [
            `${text} of one or two frames, and cut off, in ${files}: code there is ${why}, or trace a function of your program that calls it`,
          ]),
      ...(this.gaps.count === 0
        ? []
        : [`${this.gaps.text} without some frames, where it reads ${GAP}: code there is ${why}`]),
    ];
  }

  private unnamedNotes(): string[] {
    const { size } = this.unnamed;
    if (size === 0) return [];
    const why = "their processes had ended before their mappings could be read";
    const what =
      this.traced === undefined ? ": `-c COMMAND` or `-p PID` watches a process from its start" : "";
    const count = size === MOST_UNNAMED ? `${size} or more` : String(size);
    return [`${count} stack${size === 1 ? "" : "s"} with addresses only: ${why}${what}`];
  }
}

function isSince(version: string, major: number, minor: number): boolean {
  const [own = 0, next = 0] = version.split(/[.-]/).map(Number);
  return own > major || (own === major && next >= minor);
}

/** A stack's frames, with the caller of the innermost as another one. */
function unmarked(stack: string): { readonly frames: readonly string[]; readonly hasCaller: boolean } {
  const frames = stack.split("\n");
  const hasCaller = frames[1]?.startsWith(CALLER) === true;
  return {
    frames: frames.map((frame, i) => (i === 1 && hasCaller ? frame.slice(CALLER.length) : frame)),
    hasCaller,
  };
}

function signature(places: ReadonlyMap<number, Location>): string {
  return [...places].map(([i, { file, offset }]) => `${i}:${offset}:${file.path}`).join();
}
