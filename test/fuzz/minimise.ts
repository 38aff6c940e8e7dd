/** The smallest part of an input that still fails: parts are left out, by lines and then by characters. */

export async function minimise(
  input: string,
  fails: (smaller: string) => Promise<boolean>,
  until: number,
): Promise<string> {
  const lines = await reduce(input.split(/(?<=\n)/), fails, until);
  return (await reduce([...lines.join("")], fails, until)).join("");
}

/** Leaves out halves, quarters, eighths … as long as that fails the same way. */
async function reduce(
  all: readonly string[],
  fails: (smaller: string) => Promise<boolean>,
  until: number,
): Promise<readonly string[]> {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      if (performance.now() > until) return left;
      const smaller = [...left.slice(0, at), ...left.slice(at + size)];
      if (smaller.length < left.length && (await fails(smaller.join("")))) left = smaller;
      else at += size;
    }
  }
  return left;
}
