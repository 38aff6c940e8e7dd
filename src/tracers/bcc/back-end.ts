/** Python programs for BCC. */
import { namedValues } from "../../kernel/flags/flag-sets.js";
import { namesOf } from "../../plan/set-names.js";
import { memberOffset } from "../../semantics/source/c-values.js";
import { targetText, type BackEnd } from "../back-end.js";
import { emitBcc } from "./emit.js";
import { attachGap } from "./python/attach.js";
import { dialectOf, NEWEST_BCC, OLDEST_BCC } from "./versions.js";

export const bccBackEnd: BackEnd = {
  title: "BCC",
  writes: "a Python program for BCC",
  versions: { oldest: OLDEST_BCC, newest: NEWEST_BCC, matters: false },
  hasParts: true,
  lineComment: "#",
  writerFor({ kernel, version = NEWEST_BCC, form, tool }) {
    const { release } = kernel;
    const dialect = dialectOf(version, release);
    return {
      attachGap: (point) => attachGap(point, dialect),
      // A program to be read does as BCC's own tools do; the runner must not wait for a million records.
      readsOpenSpans: form === "text",
      write: (plan) =>
        emitBcc(plan, {
          version,
          form,
          target: targetText(kernel),
          release,
          names: namesOf(plan, (kind, of) => namedValues(kernel, kind, of)),
          tracepoint: (category, name) => kernel.tracepoint(category, name),
          memberAt: (struct, path) => memberOffset(kernel, struct, path),
          ...(tool ? { tool } : {}),
        }),
    };
  },
};
