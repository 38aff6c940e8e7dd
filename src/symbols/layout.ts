/** Process layouts: which code was mapped where, and the lookup of an address in many layouts. */
import type { Mapping } from "./mappings.js";

/** The mappings of a process at one time. */
export interface Layout {
  readonly pid: number;
  readonly mappings: readonly MappedFile[];
}

/** A layout shared by several processes, such as those forked from one. */
export interface SharedLayout {
  readonly pids: ReadonlySet<number>;
  readonly mappings: readonly MappedFile[];
}

export interface MappedFile extends Mapping {
  /** When the mapping was seen, in milliseconds since 1970: a file modified later is not the one that was mapped. */
  readonly seen: number;
  /** An open descriptor, if the path does not lead to the file because it was deleted or is in a container. */
  readonly descriptor?: number;
}

/** The location of an address: a file and the offset in it. */
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

/** The mappings of all layouts by address; those of different processes overlap. */
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
