/** Names that scripts give to maps of their own, which no map of a plan may have: a source may be named `full`. */
const OF_SCRIPTS = new RegExp(
  [
    "^(begins_not_kept|ends_not_seen|events_left_out|ranges_not_found|full|numbers|stopped|tracer)$",
    "^faultline_",
    "^(lines|net|reads|seen|sent|turn)[0-9]+(of[0-9]+)?$",
    "_(in_turn|at_end|keys|groups|young|not_found)$",
    "_begun_([0-9]+_)?[A-Za-z]",
  ].join("|"),
);

/** None ends in `_2`, so that a planner finds another name by counting. */
export function isOfScripts(name: string): boolean {
  return !/_[0-9]+$/.test(name) && OF_SCRIPTS.test(name);
}
