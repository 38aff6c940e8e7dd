/** Which code was where: of one process, and an address in those of many. */
import type { Mapping } from "./mappings.js";

/** What a process had mapped at one time. */
export interface Layout {
  readonly pid: number;
  readonly mappings: readonly MappedFile[];
}

/** The same, of all processes that have just this: one forks many. */
export interface SharedLayout {
  readonly pids: ReadonlySet<number>;
  readonly mappings: readonly MappedFile[];
}

export interface MappedFile extends Mapping {
  /** When it was seen to be mapped, in milliseconds since 1970: what is changed later is another file. */
  readonly seen: number;
  /** An open descriptor, where the path does not lead there: the file was deleted, or is in a container. */
  readonly descriptor?: number;
}

/** Where an address is: in which file, and how far from its begin. */
export interface Location {
  readonly file: MappedFile;
  readonly offset: number;
}

export interface Hit {
  readonly layout: SharedLayout;
  readonly location: Location;
}

interface IndexEntry {
  readonly mapping: MappedFile;
  readonly layout: SharedLayout;
}

/** The mappings of all layouts by address: they overlap, as each process has its own. */
export class MappingIndex {
  private readonly entries: readonly IndexEntry[];
  private readonly longest: number;

  constructor(layouts: readonly Layout[]) {
    this.entries = shared(layouts)
      .flatMap((layout) => layout.mappings.map((mapping) => ({ mapping, layout })))
      .sort((a, b) => a.mapping.start - b.mapping.start);
    this.longest = this.entries.reduce((most, { mapping }) => Math.max(most, mapping.end - mapping.start), 0);
  }

  find(address: number): Hit[] {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle] as IndexEntry).mapping.start <= address) low = middle + 1;
      else high = middle;
    }
    const found: Hit[] = [];
    for (let i = low - 1; i >= 0; i--) {
      const { mapping, layout } = this.entries[i] as IndexEntry;
      if (mapping.start + this.longest <= address) break;
      if (address < mapping.end)
        found.push({ layout, location: { file: mapping, offset: address - mapping.start + mapping.offset } });
    }
    return found;
  }
}

function shared(layouts: readonly Layout[]): SharedLayout[] {
  const found = new Map<string, { pids: Set<number>; mappings: readonly MappedFile[] }>();
  for (const { pid, mappings } of layouts) {
    const key = mappings.map(({ start, end, path }) => `${start}-${end} ${path}`).join("\n");
    const known = found.get(key);
    if (known) known.pids.add(pid);
    else found.set(key, { pids: new Set([pid]), mappings });
  }
  return [...found.values()];
}
