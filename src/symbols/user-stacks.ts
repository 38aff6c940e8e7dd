/**
 * Symbolizes user stacks. The tracer prints addresses (or names, if that cannot be turned off), and the addresses
 * are looked up here in the mappings of their processes, which may have ended.
 */
import type { CodeMessage } from "../tracers/code-messages.js";
import { RecentTexts } from "./recent-texts.js";
import { AddressSpaces } from "./address-spaces.js";
import { FileFinder } from "./file-finder.js";
import { FrameNames } from "./frame-names.js";
import { JitMaps } from "./jit-maps.js";
import { MappingIndex, type Hit, type Location, type SharedLayout } from "./layout.js";
import { Modules } from "./modules.js";
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
  private readonly frameNames = new FrameNames((place) => this.modules.nameOf(place).replaceAll("\n", " "));
  private readonly named = new RecentTexts(MOST_NAMED);
  private readonly unnamed = new Set<string>();
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

  /** Names the frames of a stack: one a line, the innermost first. `pid` is its process, if known. */
  name(stack: string, pid?: number): string {
    if (!stack.includes("0x")) return stack;
    const key = `${pid ?? ""} ${stack}`;
    const known = this.named.get(key);
    if (known !== undefined) return known;
    const frames = stack.split("\n");
    let places = this.placesOf(frames, pid);
    const wanted = frames.filter((frame) => ADDRESS.test(frame)).length;
    if ((places?.byFrame.size ?? 0) < wanted && this.refresh()) places = this.placesOf(frames, pid);
    if (!places) {
      if (this.unnamed.size < MOST_UNNAMED) this.unnamed.add(key);
      return stack;
    }
    const text = frames
      .map((frame, i) => this.frameName(frame, places.byFrame.get(i), places.pids))
      .join("\n");
    this.named.set(key, text);
    return text;
  }

  /** Returns the warnings about frames without names, each once. */
  notes(): string[] {
    return [...this.refusedNotes(), ...this.strippedNotes(), ...this.unnamedNotes()];
  }

  close(): void {
    this.spaces.close();
  }

  private frameName(frame: string, place: Location | undefined, pids: ReadonlySet<number>): string {
    if (place) return this.frameNames.of(place);
    const [pid] = pids;
    const found = pid !== undefined && ADDRESS.test(frame) ? this.jit.find(pid, Number(frame)) : undefined;
    return found ? `${found.name}+${found.offset}` : frame;
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
    const some = files.slice(0, MOST_NAMED_FILES).map(([path, why]) => `${path} (${why})`).join(", "); // prettier-ignore
    const more = files.length > MOST_NAMED_FILES ? ` and ${files.length - MOST_NAMED_FILES} more` : "";
    return [`functions without names, because these files are not read: ${some}${more}`];
  }

  private strippedNotes(): string[] {
    const files = this.modules.stripped;
    if (files.length === 0) return [];
    const some = files
      .slice(0, MOST_NAMED_FILES)
      .map(({ path, buildId }) => (buildId === undefined ? path : `${path} (build id ${buildId})`))
      .join(", ");
    const more = files.length > MOST_NAMED_FILES ? ` and ${files.length - MOST_NAMED_FILES} more` : "";
    return [
      `functions without names in ${some}${more}: install the package's symbols (\`-dbgsym\`, \`-debuginfo\`), or fetch them with \`debuginfod-find debuginfo BUILD-ID\``,
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

function signature(places: ReadonlyMap<number, Location>): string {
  return [...places].map(([i, { file, offset }]) => `${i}:${offset}:${file.path}`).join();
}
