/**
 * Conditions on control groups by their paths, containers and pods: `cgroup == "/system.slice/nginx.service"`. They are
 * typed as patterns of a number, and become tests of numbers when the query is planned.
 */
import type { GroupSet } from "../../kernel/cgroups/cgroup-names.js";
import { shownId } from "../../kernel/cgroups/layouts.js";
import { CGROUP, CONTAINER } from "../../kernel/names.js";
import { write } from "../../diagnostics/advice.js";
import type { Advice, Span } from "../../diagnostics/diagnostic.js";
import { nearest } from "../../diagnostics/suggest.js";
import { quoteText } from "../../types/text.js";
import { BOOL } from "../../types/types.js";
import { FAILED, fail, type Context } from "../context.js";
import { isGroup } from "../source/task-fields.js";
import type { Typed } from "../typed.js";
import { negation } from "./fold.js";
import { matchesGlob, type Glob } from "./glob.js";

/** Paths in a hint. */
const MOST_OFFERED = 3;

/** Where a name is written. */
interface NamePlace {
  readonly span: Span;
  /** Where an operator and the name, as they may be written instead, begin; and that operator. */
  readonly from?: number;
  readonly word?: string;
}

/** `adjoins`: nothing but the operator is between the two. Types `==` and `!=` of a group and a text; undefined for any other comparison. */
export function comparisonOfGroups(
  operator: string,
  left: Typed,
  right: Typed,
  context: Context,
  spans: readonly [Span, Span],
  adjoins = false,
): Typed | undefined {
  if (operator !== "==" && operator !== "!=") return undefined;
  const [subject, name, span] = isGroup(left.type) ? [left, right, spans[1]] : [right, left, spans[0]];
  const { type } = subject;
  if (!isGroup(type) || name.op !== "string") return undefined;
  const test = groupPattern(subject, type.of, literally(name.value), context, {
    span,
    ...(adjoins && name === right ? { from: spans[0].end, word: operator === "==" ? " ~ " : " !~ " } : {}),
  });
  return operator === "==" ? test : negation(test);
}

/** Types `~` of a group; reports a pattern that nothing can match. */
export function groupPattern(
  subject: Typed,
  of: GroupSet,
  asked: Glob,
  context: Context,
  written: NamePlace,
): Typed {
  const id = of === CONTAINER ? shownId(asked.text) : undefined;
  const glob = id === undefined ? asked : literally(id);
  return isPossible(of, glob, context, written) ? { op: "glob", subject, glob, type: BOOL } : FAILED;
}

/** Stars and brackets of a name are not those of a pattern. */
function literally(text: string): Glob {
  return { text, pieces: [[...new TextEncoder().encode(text)].map((value) => ({ kind: "byte", value }))] };
}

/** Whether the target's groups are known; a container or pod must be there already, for it cannot be told by a path alone. */
function isPossible(of: GroupSet, glob: Glob, context: Context, written: NamePlace): boolean {
  const { span } = written;
  const names = context.kernel.cgroups?.();
  if (!names) {
    fail(
      context,
      span,
      "unknown-cgroups",
      context.kernel.id === "live"
        ? `which ${plural(of)} there are is not known: version 2 of cgroups is not mounted here`
        : `which ${plural(of)} there are is not known for ${context.kernel.id}: they have numbers on the machine that runs them`,
      context.kernel.id === "live"
        ? "mount it: `mount -t cgroup2 none /sys/fs/cgroup`"
        : "compile on that machine, or compare the number: `stat -c %i /sys/fs/cgroup/PATH`",
    );
    return false;
  }
  if (of === CGROUP && !isMistaken(glob)) return true;
  if (names.matching(of, (name) => matchesGlob(glob, name)).length > 0) return true;
  fail(
    context,
    span,
    "unknown-cgroup",
    of === CGROUP
      ? `the path of a control group begins with \`/\`, and ${JSON.stringify(glob.text)} does not`
      : `no control group here is of a ${of} ${JSON.stringify(glob.text)}`,
    offered(glob.text, [...names.set(of).keys()], of, written),
  );
  return false;
}

function offered(
  text: string,
  names: readonly string[],
  of: GroupSet,
  { span, from, word }: NamePlace,
): Advice {
  if (of !== CGROUP)
    return write(span, nearest(text, names).map(quoteText), "did you mean {}?", "`by cgroup` shows the paths that there are"); // prettier-ignore
  const within = names.filter((name) => name.includes(text)).slice(0, MOST_OFFERED);
  const paths = [...new Set([...within, ...nearest(text, names)])].map((path) => ({
    span,
    text: quoteText(path),
  }));
  const any =
    word === undefined || from === undefined
      ? []
      : [{ span: { start: from, end: span.end }, text: word + quoteText(`*${text}*`) }];
  const fixes = [...paths, ...any];
  return {
    says: paths.length > 0 ? "did you mean {}?" : "{} is any path with this in it",
    fixes,
    otherwise: "`by cgroup` shows the paths that there are",
  };
}

/** A path that no group can have. */
function isMistaken({ pieces }: Glob): boolean {
  const [first] = pieces[0] ?? [];
  return pieces.length === 1 && !(first?.kind === "byte" ? first.value === 0x2f : first !== undefined);
}

function plural(of: string): string {
  return of === CGROUP ? "control groups" : `${of}s`;
}
