/** Reports a probe that the user wrote and the target lacks. */
import { write } from "../../diagnostics/advice.js";
import { orList } from "../../diagnostics/suggest.js";
import type { ProbeSpec, Query } from "../../syntax/tree.js";
import type { Span } from "../../diagnostics/diagnostic.js";
import { fail } from "../context.js";
import { suggestProbe, whyAbsent } from "../source/probe-points.js";
import type { SourceShape } from "../source/source-shape.js";
import type { QueryContext } from "./query-context.js";

/** Whether the target has no such probe, which is reported with similar names, and is all there is to say. */
export function isMissing(shape: SourceShape, query: Query, context: QueryContext): boolean {
  if (shape.kind !== "probe" || !query.source) return false;
  const report = (why: string, hint: Parameters<typeof fail>[4]): true => {
    fail(context, query.source?.span ?? query.span, "missing-probe", why, hint);
    return true;
  };
  const { probe } = shape.source;
  const absent = whyAbsent(shape.point, context.kernel);
  if (absent !== undefined) {
    const otherwise =
      "`faultline list probes` shows the available ones, and --kernel compiles for another kernel";
    const near = suggestProbe(shape.point, probe, context.kernel);
    return report(absent, typeof near === "object" ? { otherwise, ...near } : (near ?? otherwise));
  }
  const missing = context.missingProbe?.(shape.point);
  if (!missing) return false;
  return report(
    missing.why,
    missing.similar.length > 0
      ? write(
          lastPart(probe),
          missing.similar,
          "did you mean {}?",
          `did you mean ${orList(missing.similar)}?`,
        )
      : (missing.hint ??
          "name the program or library by its path, or choose another C library with --library"),
  );
}

function lastPart({ parts, span }: ProbeSpec): Span {
  return parts[parts.length - 1]?.span ?? span;
}
