/** The names of locations, kept by file and address: the stacks of a program differ, and their frames are mostly the same. */
import type { Location, MappedFile } from "./layout.js";

/** The number of names after which all are forgotten, since addresses are unbounded. */
const MOST = 200_000;

export class FrameNames {
  private byFile = new WeakMap<MappedFile, Map<number, string>>();
  private size = 0;

  constructor(
    private readonly nameOf: (place: Location) => string,
    private readonly most = MOST,
  ) {}

  /** The name of a location, which does not change. */
  of(place: Location): string {
    let names = this.byFile.get(place.file);
    const known = names?.get(place.offset);
    if (known !== undefined) return known;
    if (this.size >= this.most) {
      this.byFile = new WeakMap();
      this.size = 0;
      names = undefined;
    }
    if (!names) this.byFile.set(place.file, (names = new Map()));
    const name = this.nameOf(place);
    names.set(place.offset, name);
    this.size++;
    return name;
  }
}
