/** The pictures of documents, each drawn from a recording. */
import { printedBy, type Program } from "./outputs.js";

/** The recording that each is drawn from, by its file. */
const RECORDINGS: Readonly<Record<string, string>> = { "docs/pictures/kmem.svg": "kmem" };

export function pictures(program: Program): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(RECORDINGS).map(([path, name]) => {
      const { status, out, err } = printedBy(["replay", name, "--format", "svg"], program);
      if (status !== 0) throw new Error(`${path}: ${err}`);
      return [path, out];
    }),
  );
}
