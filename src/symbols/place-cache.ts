/** What is known of locations, kept by file and address: the stacks of a program differ, and their frames are mostly the same. */
import type { Location, MappedFile } from "./layout.js";

/** The number of places after which all are forgotten, since addresses are unbounded. */
const MOST = 200_000;

export class PlaceCache<T> {
  private byFile = new WeakMap<MappedFile, Map<number, T>>();
  private size = 0;

  constructor(
    private readonly find: (place: Location) => T,
    private readonly most = MOST,
  ) {}

  /** What was found of a location, which does not change. */
  of(place: Location): T {
    let found = this.byFile.get(place.file);
    const known = found?.get(place.offset);
    if (known !== undefined) return known;
    if (this.size >= this.most) {
      this.byFile = new WeakMap();
      this.size = 0;
      found = undefined;
    }
    if (!found) this.byFile.set(place.file, (found = new Map()));
    const value = this.find(place);
    found.set(place.offset, value);
    this.size++;
    return value;
  }
}
