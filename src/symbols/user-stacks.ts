/**
 * User stacks with names. The tracer names the frames of processes that are still there when it prints;
 * of the others it prints bare addresses, which are looked up here in what those processes had mapped.
 */
import type { CodeTold } from "../runtime/code-told.js";
import { AddressSpaces } from "./address-spaces.js";
import { FileFinder } from "./file-finder.js";
import { MappingIndex, type Hit, type Layout, type Location } from "./layout.js";
import { Modules } from "./modules.js";
import { ToldMappings } from "./told-mappings.js";

const ADDRESS = /^0x[0-9a-f]{1,13}$/;
const MOST_NAMED_FILES = 3;
const MOST_STACKS = 65_536;
/** In milliseconds. */
const FRESH = 50;

export class UserStacks {
  private readonly finder = new FileFinder();
  private readonly spaces = new AddressSpaces((path) => this.finder.add(path));
  private readonly told = new ToldMappings(this.finder);
  private index: { readonly version: number; readonly mappings: MappingIndex } | undefined;
  private readonly mappedAt = Date.now();
  private readonly modules = new Modules(() => this.mappedAt);
  private readonly named = new Map<string, string>();
  private readonly unnamed = new Set<string>();
  private refreshedAt = -Infinity;

  /** `traced`: the only process; absent: all of them. Others are announced. */
  constructor(private readonly traced: number | undefined) {
    if (traced === undefined) this.spaces.readAll();
    else this.spaces.announce(traced);
  }

  /** A process has started, or maps code: now is the time to look at it. */
  tell(told: CodeTold): void {
    if (told.what === "process" || told.what === "program") this.spaces.announce(told.pid);
    if (told.what !== "process") this.told.add(told);
  }

  /** Frames, a line each, the innermost first. `pid`: of which process, where that is known. */
  name(stack: string, pid?: number): string {
    if (!stack.includes("0x")) return stack;
    const key = `${pid ?? ""} ${stack}`;
    const known = this.named.get(key);
    if (known !== undefined) return known;
    this.refresh();
    const frames = stack.split("\n");
    const places = this.placesOf(frames, pid);
    if (!places) {
      this.unnamed.add(key);
      return stack;
    }
    const text = frames
      .map((frame, i) => {
        const place = places.get(i);
        return place ? this.modules.nameOf(place).replaceAll("\n", " ") : frame;
      })
      .join("\n");
    if (this.named.size >= MOST_STACKS) this.named.clear();
    this.named.set(key, text);
    return text;
  }

  /** What to tell about those that have no names, once. */
  notes(): string[] {
    return [...this.strippedNotes(), ...this.unnamedNotes()];
  }

  close(): void {
    this.spaces.close();
  }

  /** A library may have been loaded since a process was last looked at. */
  private refresh(): void {
    const now = performance.now();
    if (now - this.refreshedAt < FRESH) return;
    this.refreshedAt = now;
    this.spaces.refreshWatched();
  }

  /**
   * The places of the bare frames, by the process that has most of them. Undefined: none has, or two
   * processes would have it differently, and nothing tells which it was.
   */
  private placesOf(
    frames: readonly string[],
    pid: number | undefined,
  ): ReadonlyMap<number, Location> | undefined {
    const layouts = new Map<Layout, Map<number, Location>>();
    for (const [i, frame] of frames.entries()) {
      if (!ADDRESS.test(frame)) continue;
      for (const { layout, location } of this.hits(Number(frame))) {
        const places = layouts.get(layout) ?? new Map<number, Location>();
        layouts.set(layout, places.set(i, location));
      }
    }
    const own = [...layouts].filter(([layout]) => layout.pid === pid).map(([, places]) => places);
    const candidates = own.length > 0 ? own : [...layouts.values()];
    // The innermost frame is where the program was; the others may be what a walk without frame pointers took for one.
    const innermost = ADDRESS.test(frames[0] ?? "") ? candidates.filter((each) => each.has(0)) : candidates;
    const most = innermost.reduce((size, each) => Math.max(size, each.size), 0);
    const best = innermost.filter((each) => each.size === most);
    const [first] = best;
    return first && best.every((each) => signature(each) === signature(first)) ? first : undefined;
  }

  private hits(address: number): readonly Hit[] {
    const version = this.spaces.version + this.told.version;
    if (this.index?.version !== version)
      this.index = { version, mappings: new MappingIndex([...this.spaces.layouts, ...this.told.layouts]) };
    return this.index.mappings.find(address);
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
    return [`${size} stack${size === 1 ? "" : "s"} with addresses only: ${why}${what}`];
  }
}

function signature(places: ReadonlyMap<number, Location>): string {
  return [...places].map(([i, { file, offset }]) => `${i}:${offset}:${file.path}`).join();
}
