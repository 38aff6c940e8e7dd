/** Scripts for bpftrace. */
import { lazy } from "../../lazy.js";
import { namedValues } from "../../kernel/flags/flag-sets.js";
import { namesOf } from "../../plan/set-names.js";
import { targetText, type BackEnd } from "../back-end.js";
import { emitBpftrace } from "./emit/emit.js";
import { attachGap } from "./emit/probe-block.js";
import { footprintOf } from "./footprint.js";
import { dialectOf, NEWEST, OLDEST } from "./versions.js";

export const bpftraceBackEnd: BackEnd = {
  title: "bpftrace",
  writes: "a script for bpftrace",
  versions: { oldest: OLDEST, newest: NEWEST, matters: true },
  hasParts: true,
  lineComment: "//",
  footprint: (plan, { version = NEWEST, cpus }) => footprintOf(plan, { version, cpus }),
  writerFor({ kernel, version = NEWEST, form }) {
    const dialect = dialectOf(version);
    // Reading the kernel's types takes longer than the rest, and few scripts depend on them.
    const knowsTasks = lazy(() => kernel.struct("task_struct") !== undefined);
    return {
      attachGap: (point) => attachGap(point, dialect),
      write: (plan) =>
        emitBpftrace(plan, {
          version,
          form,
          target: targetText(kernel),
          names: namesOf(plan, (kind, of) => namedValues(kernel, kind, of)),
          get knowsTasks() {
            return knowsTasks();
          },
          get knowsTypes() {
            return (
              form === "stream" &&
              knowsTasks() &&
              kernel.tracepoint("syscalls", "sys_enter_mmap") !== undefined
            );
          },
        }),
    };
  },
};
