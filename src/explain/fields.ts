/** Finds where each field that a plan uses comes from. */
import { partsOf, valuesOf } from "../plan/needs.js";
import type { Plan } from "../plan/plan.js";
import { pointText } from "../semantics/source/probe-points.js";
import { BUILTIN_FIELDS, type BuiltinField } from "../semantics/typed.js";
import { commonType } from "../semantics/source/probe-scope.js";
import { typeName } from "../types/types.js";
import { cText } from "./prose-expression.js";
import type { ExplainedField } from "./explanation.js";

/** Where the fields of every event come from. */
const COMMON_ORIGINS: Readonly<Record<BuiltinField, string>> = {
  time: "bpf_ktime_get_ns(), since boot",
  elapsed: "bpf_ktime_get_ns(), since the trace began",
  pid: "bpf_get_current_pid_tgid() >> 32",
  tid: "bpf_get_current_pid_tgid(), its lower half",
  uid: "bpf_get_current_uid_gid(), its lower half",
  gid: "bpf_get_current_uid_gid() >> 32",
  cpu: "bpf_get_smp_processor_id()",
  cgroup: "bpf_get_current_cgroup_id()",
  comm: "bpf_get_current_comm(): the name of the running thread",
  probe: "the name of the probe, known when it is attached",
  ustack: "the stack of the process, walked by its frame pointers",
  kstack: "the stack of the kernel, walked by its unwinder",
};

export function fieldsOf(plan: Plan): ExplainedField[] {
  const given = plan.choices.flatMap((choice) =>
    choice.fields.map(({ name, value }): ExplainedField => ({
      field: name,
      source: choice.source,
      probe: pointText(choice.point),
      expression: cText(value),
      type: typeName(value.type),
    })),
  );
  const steps = plan.probes.flatMap((probe) => probe.steps.flatMap(valuesOf));
  const parts = [...plan.probes.flatMap(({ filter }) => filter), ...steps].flatMap(partsOf);
  const common = new Set(parts.flatMap((part) => (part.op === "common" ? [part.name] : [])));
  // A field that is passed on under the same name is not repeated.
  const worked = plan.derived.filter(({ name, value }) => value.op !== "field" || value.name !== name);
  const derived = worked.map(({ source, name, value }) => ({
    field: name,
    source,
    expression: cText(value),
    type: typeName(value.type),
  }));
  return [
    ...derived,
    ...given,
    ...latency(parts.some((part) => part.op === "local" && part.name === "latency")),
    ...BUILTIN_FIELDS.filter((name) => common.has(name)).map((field) => ({
      field,
      expression: COMMON_ORIGINS[field],
      type: typeName(commonType(field)),
    })),
  ];
}

function latency(isUsed: boolean): ExplainedField[] {
  if (!isUsed) return [];
  return [{ field: "latency", expression: "the time at the end less that at the begin", type: "duration" }];
}
