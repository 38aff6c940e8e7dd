/** Conditions on names that have options of their own on the command line: `--comm nginx`, `--cgroup /system.slice`. */
import { literalOf } from "./typed-text.js";

export const NAME_OPTIONS = ["comm", "cgroup", "container", "pod"] as const;

/** The texts as they are typed. */
export type NameTests = Readonly<Partial<Record<(typeof NAME_OPTIONS)[number], string>>>;

/** `nameField` has the name of the process. */
export function conditionsOf(
  { comm, cgroup, container, pod }: NameTests,
  nameField: string,
): readonly string[] {
  return [
    ...(comm === undefined ? [] : [`${nameField} ~ ${literalOf(comm)}`]),
    ...(cgroup === undefined ? [] : [inCgroup(cgroup)]),
    ...(container === undefined ? [] : [`container ~ ${literalOf(`${container}*`)}`]),
    ...(pod === undefined ? [] : [`pod ~ ${literalOf(`${pod}*`)}`]),
  ];
}

/** A path stands for all that is in it. */
function inCgroup(typed: string): string {
  if (/[*?[]/.test(typed)) return `cgroup ~ ${literalOf(typed.replace(SYSTEMD_ESCAPE, "\\\\\\\\"))}`;
  const path = typed === "/" ? typed : typed.replace(/\/+$/, "");
  const literal = literalOf(path.replace(SYSTEMD_ESCAPE, "\\\\"));
  // To a pattern, a backslash of the path is two.
  const pattern = literal.replace(/\\[^]/g, (escape) => (escape === "\\\\" ? "\\\\\\\\" : escape));
  return `(cgroup == ${literal} or cgroup ~ ${pattern.slice(0, path === "/" ? -2 : -1)}/*")`;
}

/** In the name of a unit systemd writes `\x2d` for a `-`: those are the bytes of the path. As it is shown, it has two. */
const SYSTEMD_ESCAPE = /\\{1,2}(?=x[2-7][0-9a-f])/g;
