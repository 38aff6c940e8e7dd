/**
 * User stacks with names. The tracer prints addresses, or names where it could not be kept from it; the addresses
 * are looked up here in what their processes have mapped, or had mapped before they ended.
 */
import type { CodeMessage } from "../tracers/code-messages.js";
import { RecentTexts } from "./recent-texts.js";
import { AddressSpaces } from "./address-spaces.js";
import { FileFinder } from "./file-finder.js";
import { JitMaps } from "./jit-maps.js";
import { MappingIndex, type Hit, type Location, type SharedLayout } from "./layout.js";
import { Modules } from "./modules.js";
import { ReportedMappings } from "./told-mappings.js";

const ADDRESS = /^0x[0-9a-f]{1,13}$/;
const MOST_NAMED_FILES = 3;
/** Of stacks without names: so many are counted. */
const MOST_UNNAMED = 10_000;
/** In milliseconds. */
const FRESH = 50;
/** Of looking at all processes: this many times what it took the last time. */
const REFRESH_FACTOR = 20;
/** So many frames in the code of one process are no accident, even if the innermost is not in a file. */
const ENOUGH_FRAMES = 3;

/** Where the bare frames of a stack are, by their position, and in which processes. */
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
  private readonly named = new RecentTexts();
  private readonly unnamed = new Set<string>();
  private readonly jit = new JitMaps((pid) => this.spaces.userOf(pid));
  private refreshAt = -Infinity;

  /** `traced`: the only process; absent: all of them. Others are announced. */
  constructor(private readonly traced: number | undefined) {
    if (traced === undefined) this.spaces.readAll();
    else this.spaces.announce(traced);
  }

  /** A process has started, or maps code: now is the time to look at it. */
  report(message: CodeMessage): void {
    if (message.what === "process" || message.what === "program") this.spaces.announce(message.pid);
    if (message.what !== "process" && !this.reported.add(message)) this.spaces.refresh(message.pid);
  }

  /** Frames, a line each, the innermost first. `pid`: of which process, where that is known. */
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

  /** What to tell about those that have no names, once. */
  notes(): string[] {
    return [...this.refusedNotes(), ...this.strippedNotes(), ...this.unnamedNotes()];
  }

  close(): void {
    this.spaces.close();
  }

  private frameName(frame: string, place: Location | undefined, pids: ReadonlySet<number>): string {
    if (place) return this.modules.nameOf(place).replaceAll("\n", " ");
    const [pid] = pids;
    const found = pid !== undefined && ADDRESS.test(frame) ? this.jit.find(pid, Number(frame)) : undefined;
    return found ? `${found.name}+${found.offset}` : frame;
  }

  /** A library may have been loaded since a process was last looked at. False: that was just now. */
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
   * The places of the bare frames, by the process that has most of them. Undefined: none has, or two
   * processes would have it differently, and nothing tells which it was.
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
    const isSure = first && best.every((each) => signature(each.byFrame) === signature(first.byFrame));
    return isSure ? first : undefined;
  }

  /**
   * Of all processes, one may have code at an address by accident. The innermost frame is where the program was;
   * the others may be what a walk without frame pointers took for one.
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
    return [`functions without names, because they are not read from ${some}${more}`];
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
    const why = "their processes had ended before anyone could look what they had mapped";
    const what =
      this.traced === undefined ? ": `-c COMMAND` or `-p PID` watches a process from its start" : "";
    const count = size === MOST_UNNAMED ? `${size} or more` : String(size);
    return [`${count} stack${size === 1 ? "" : "s"} with addresses only: ${why}${what}`];
  }
}

function signature(places: ReadonlyMap<number, Location>): string {
  return [...places].map(([i, { file, offset }]) => `${i}:${offset}:${file.path}`).join();
}
