/**
 * Conditions on control groups by their paths, containers and pods: `cgroup == "/system.slice/nginx.service"`. They are
 * typed as patterns of a number, and become tests of numbers when the query is planned.
 */
import { isGroupSet } from "../../kernel/cgroups/cgroup-names.js";
import { CGROUP } from "../../kernel/names.js";
import type { Span } from "../../diagnostics/diagnostic.js";
import { didYouMean } from "../../diagnostics/suggest.js";
import { BOOL } from "../../types/types.js";
import { FAILED, fail, type Context } from "../context.js";
import type { Typed } from "../typed.js";
import { negation } from "./fold.js";
import { matchesGlob, type Glob } from "./glob.js";

export function isGroup({ type }: Typed): boolean {
  return type.kind === "enum" && isGroupSet(type.of);
}

/** Types `==` and `!=` of a group and a text; undefined for any other comparison. */
export function comparisonOfGroups(
  operator: string,
  left: Typed,
  right: Typed,
  context: Context,
  spans: readonly [Span, Span],
): Typed | undefined {
  if (operator !== "==" && operator !== "!=") return undefined;
  const [subject, name, span] = isGroup(left) ? [left, right, spans[1]] : [right, left, spans[0]];
  if (!isGroup(subject) || name.op !== "string") return undefined;
  const glob = literally(name.value);
  if (!knowsGroups(subject, glob, context, span)) return FAILED;
  const test: Typed = { op: "glob", subject, glob, type: BOOL };
  return operator === "==" ? test : negation(test);
}

/** Stars and brackets of a name are not those of a pattern. */
function literally(text: string): Glob {
  return { text, pieces: [[...new TextEncoder().encode(text)].map((value) => ({ kind: "byte", value }))] };
}

/** Whether the target's groups are known; a container or pod must be there already, for it cannot be told by a path alone. */
export function knowsGroups({ type }: Typed, glob: Glob, context: Context, span: Span): boolean {
  if (type.kind !== "enum") return false;
  const names = context.kernel.cgroups?.();
  if (!names) {
    fail(
      context,
      span,
      "unknown-cgroups",
      context.kernel.id === "live"
        ? `which ${plural(type.of)} there are is not known: version 2 of cgroups is not mounted here`
        : `which ${plural(type.of)} there are is not known for ${context.kernel.id}: they have numbers on the machine that runs them`,
      context.kernel.id === "live"
        ? "mount it: `mount -t cgroup2 none /sys/fs/cgroup`"
        : "compile on that machine, or compare the number: `stat -c %i /sys/fs/cgroup/PATH`",
    );
    return false;
  }
  if (type.of === CGROUP && !isMistaken(glob)) return true;
  if (names.matching(type.of, (name) => matchesGlob(glob, name)).length > 0) return true;
  fail(
    context,
    span,
    "unknown-cgroup",
    type.of === CGROUP
      ? `the path of a control group begins with \`/\`, and ${JSON.stringify(glob.text)} does not`
      : `no control group here is of a ${type.of} ${JSON.stringify(glob.text)}`,
    didYouMean(glob.text, names.set(type.of).keys()) ??
      (type.of === CGROUP
        ? `write \`cgroup ~ ${JSON.stringify(`*${glob.text}*`)}\` for any path with this in it`
        : "`by cgroup` shows the paths that there are"),
  );
  return false;
}

/** A path that no group can have. */
function isMistaken({ pieces }: Glob): boolean {
  const [first] = pieces[0] ?? [];
  return pieces.length === 1 && !(first?.kind === "byte" ? first.value === 0x2f : first !== undefined);
}

function plural(of: string): string {
  return of === CGROUP ? "control groups" : `${of}s`;
}
