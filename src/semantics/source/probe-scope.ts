/** The scope inside a probe: its arguments, its return value, and the fields that every event has. */
import type { Span } from "../../diagnostics/diagnostic.js";
import type {
  CParameter,
  CType,
  FunctionPrototype,
  Kernel,
  Tracepoint,
  TracepointField,
} from "../../kernel/kernel.js";
import type { ProbeParameter } from "../../syntax/tree.js";
import { CGROUP, GROUP, USER } from "../../kernel/names.js";
import { textOffset } from "../../kernel/tracepoint/event-layout.js";
import { textOfArray, typeOfCType } from "./c-values.js";
import { fail, type Context, type Scope } from "../context.js";
import { fieldsMeant } from "../foreign-names.js";
import { isWildcard } from "./probe-points.js";
import { offerNearest } from "../../diagnostics/advice.js";
import { orList } from "../../diagnostics/suggest.js";
import {
  BUILTIN_FIELDS,
  COMMON_FIELDS,
  type BuiltinField,
  type CommonField,
  type ProbePoint,
  type Typed,
} from "../typed.js";
import { currentTask, isTaskField, TASK_NAME, TASK_TYPES, taskField } from "./task-fields.js";
import { isNumberField, numberType, processNumber, unknownNumber } from "./namespace-numbers.js";
import { resolveType } from "../type-names.js";
import {
  ADDRESS,
  describeCType,
  DURATION,
  INT,
  numberOf,
  RESULT,
  STRING,
  TIMESTAMP,
  UNSIGNED,
  type Type,
} from "../../types/types.js";

const COMMON_TYPES: Readonly<Record<CommonField, Type>> = {
  time: TIMESTAMP,
  elapsed: DURATION,
  pid: UNSIGNED,
  tid: UNSIGNED,
  uid: { kind: "enum", of: USER, signed: false },
  gid: { kind: "enum", of: GROUP, signed: false },
  cpu: UNSIGNED,
  cgroup: { kind: "enum", of: CGROUP, signed: false },
  comm: TASK_NAME,
  probe: STRING,
  ustack: { kind: "stack", space: "user" },
  kstack: { kind: "stack", space: "kernel" },
  ...TASK_TYPES,
};

export function isCommon(name: string): name is CommonField {
  return (COMMON_FIELDS as readonly string[]).includes(name);
}

/** `kernel`: the target, on which the type may depend. */
export function commonType(name: CommonField, kernel?: Kernel): Type {
  return kernel && isNumberField(name) ? numberType(name, kernel) : COMMON_TYPES[name];
}

export function isBuiltin(name: string): name is BuiltinField {
  return (BUILTIN_FIELDS as readonly string[]).includes(name);
}

/** As tracers give it: process numbers are those of the initial PID namespace. */
export function commonValue(name: BuiltinField): Typed {
  return { op: "common", name, type: commonType(name) };
}

/** As the target's PID namespace has it; undefined if this kernel does not give the types for that. */
export function commonValueOn(kernel: Kernel, name: BuiltinField): Typed | undefined {
  return isNumberField(name) ? processNumber(name, kernel) : commonValue(name);
}

/** The number of arguments passed in registers on the supported architectures. */
const REGISTER_ARGUMENTS = 6;

/** Returns the type of a tracepoint's field, from its spelling in the format file. */
function tracepointArgument(field: TracepointField, tracepoint: Tracepoint, kernel: Kernel): Typed {
  const textAt = textOffset(tracepoint, field);
  return {
    op: "tracepointArgument",
    field,
    type: tracepointType(field, tracepoint, kernel),
    ...(textAt === undefined ? {} : { textAt }),
  };
}

/** Returns a field of a tracepoint; undefined if the kernel has none of this name. */
export function eventField(kernel: Kernel, category: string, event: string, name: string): Typed | undefined {
  const tracepoint = kernel.tracepoint(category, event);
  const field = tracepoint?.fields.find((each) => each.name === name);
  return tracepoint && field && tracepointArgument(field, tracepoint, kernel);
}

function tracepointType(field: TracepointField, { category, name }: Tracepoint, kernel: Kernel): Type {
  const spelled = field.ctype.replace(/\bconst\b/g, "").trim();
  switch (field.shape) {
    case "char_array":
      return textOfArray(field.size);
    case "data_loc":
      // Newer kernels put the name of a task at the end of the event, where it has no size of its own.
      return /^(?:\w+_)?comm$/.test(field.name) ? TASK_NAME : STRING;
    case "pointer":
      if (/\bchar \*$/.test(spelled)) {
        const to = { kind: "char", signed: true } as const;
        return { kind: "c", ctype: { kind: "pointer", to } };
      }
      if (/^struct \w+ \*$/.test(spelled)) {
        const struct = kernel.struct(spelled.replace(/^struct | \*$/g, ""));
        if (struct) return { kind: "c", ctype: { kind: "pointer", to: struct } };
      }
      return ADDRESS;
    case "array":
      return { kind: "c", ctype: { kind: "other", name: field.ctype } };
    case "number":
      if (spelled === "gfp_t") return { kind: "flags", of: "gfp_t" };
      if (spelled === "bool") return { kind: "bool" };
      if (isResultOfCall(category, name, field.name)) return RESULT;
      return (
        typeOfPrinted(
          kernel.fieldValues?.(category, name, field.name)?.kind,
          `${category}:${name}:${field.name}`,
          field,
        ) ?? numberOf("none", field.signed)
      );
  }
}

/** The type of a field that the kernel prints names for. */
function typeOfPrinted(
  kind: "enum" | "flags" | undefined,
  of: string,
  { signed }: TracepointField,
): Type | undefined {
  if (kind === "enum") return { kind, of, signed };
  return kind && { kind, of };
}

function isResultOfCall(category: string, name: string, field: string): boolean {
  return (
    field === "ret" &&
    (category === "raw_syscalls" || (category === "syscalls" && name.startsWith("sys_exit_")))
  );
}

/** The functions that system calls enter the kernel by: `__x64_sys_openat`. */
const CALL_OF_SYSTEM = /^__[a-z0-9]+_sys_/;

/** Returns the scope of one probe. Parameters name a function's arguments by position. */
export function probeScope(
  point: ProbePoint,
  parameters: readonly ProbeParameter[],
  context: Context,
): Scope {
  const { kernel } = context;
  const wild = isWildcard(point);
  const isFunction = /^(k(ret)?probe|fentry|fexit)$/.test(point.type);
  const isUser = /^u(ret)?probe$|^usdt$/.test(point.type);
  const returns = /^(kretprobe|fexit|uretprobe)$/.test(point.type);
  const takes = /^(kprobe|fentry|fexit|uprobe|usdt)$/.test(point.type);
  const known = isFunction && !wild ? kernel.function(point.parts[0] ?? "") : undefined;
  const prototype = known?.untyped ? undefined : known;
  const tracepoint =
    point.type === "tracepoint" && !wild
      ? kernel.tracepoint(point.parts[0] ?? "", point.parts[1] ?? "")
      : undefined;
  const named = parameters.map((p) => p.name.text);

  const isNamed = point.type === "fentry" || point.type === "fexit";
  const argument = (index: number, span: Span): Typed =>
    functionArgument(index, span, prototype, parameters[index], isNamed, context);
  const parameterNames = prototype ? prototype.parameters.map((p) => p.name).filter((n) => n !== "") : [];
  const tracepointNames = tracepoint ? tracepoint.fields.map((f) => f.name) : [];

  const own = (name: string, span: Span): Typed | undefined => {
    const index = named.indexOf(name);
    if (index >= 0) return argument(index, span);
    if (takes && /^arg[0-9]$/.test(name)) return argument(Number(name.slice(3)), span);
    if (returns && name === "retval") return returnValue(prototype);
    const field = tracepoint?.fields.find((f) => f.name === name);
    if (tracepoint && field) return tracepointArgument(field, tracepoint, kernel);
    return undefined;
  };
  return {
    what:
      wild || point.type === "profile" || point.type === "interval"
        ? "this probe"
        : `\`${point.type}:${point.parts.join(":")}\``,
    names: () => [...named, ...tracepointNames, ...(returns ? ["retval"] : []), ...COMMON_FIELDS],
    lookUp: (name, ctx, span) => {
      // The query's own parameter names hide the common fields; a tracepoint's own field such as `pid` does not.
      const index = named.indexOf(name);
      if (index >= 0) return argument(index, span);
      if (isBuiltin(name)) return commonValueOn(kernel, name) ?? unknownNumber(name, ctx, span);
      if (name === "current") return currentTask(ctx, span);
      return own(name, span) ?? (isTaskField(name) ? taskField(name, point, ctx, span) : undefined);
    },
    lookUpIn: (object, name, ctx, span) => {
      if (object !== "args") return undefined;
      if (point.type === "tracepoint") return tracepointField(tracepoint, name, point, ctx, span);
      if (!isFunction)
        return isUser
          ? fail(
              ctx,
              span,
              "no-args",
              "a user function's arguments have no names here",
              "name them: `uprobe:BINARY:FUNCTION(size, …)`",
            )
          : fail(ctx, span, "no-args", `\`${point.type}\` has no arguments`);
      const index = parameterNames.indexOf(name);
      if (index >= 0) return argument(index, span);
      return fail(
        ctx,
        span,
        "kernel-no-argument",
        `${point.parts[0] ?? "this function"} has no argument \`${name}\` in ${kernel.id}`,
        offerNearest(
          name,
          parameterNames,
          span,
          parameterNames.length > 0 ? `it has ${orList(parameterNames)}` : undefined,
          fieldsMeant(name, parameterNames),
        ),
      );
    },
  };
}

/** `isNamed`: tracers read it by its name, and with the kernel's type, instead of from a register. */
function functionArgument(
  index: number,
  span: Span,
  prototype: FunctionPrototype | undefined,
  parameter: ProbeParameter | undefined,
  isNamed: boolean,
  context: Context,
): Typed {
  if (prototype && index >= prototype.parameters.length)
    return fail(
      context,
      span,
      "kernel-no-argument",
      `${prototype.name} takes ${prototype.parameters.length} arguments in ${context.kernel.id}, so there is no argument ${index + 1}`,
    );
  if (index >= REGISTER_ARGUMENTS)
    return fail(
      context,
      span,
      "argument-on-stack",
      `only the first ${REGISTER_ARGUMENTS} arguments can be read`,
    );
  const known = prototype?.parameters[index];
  const declared = parameter?.type && resolveType(parameter.type, context);
  if (declared) {
    const argument: Typed = {
      op: "argument",
      index,
      type: declared,
      ...(declared.kind === "c" ? { ctype: declared.ctype } : {}),
      ...(known ? { name: known.name } : {}),
    };
    if (declared.kind !== "c" || !known || !isNamed) return argument;
    return declaredPointer(argument, declared.ctype, known);
  }
  if (!known) return { op: "argument", index, type: INT };
  return { op: "argument", index, name: known.name, ctype: known.type, type: typeOfCType(known.type) };
}

/** A pointer that the kernel declares to one struct, and the definition to another. */
function declaredPointer(
  argument: Typed & { readonly op: "argument" },
  declared: CType,
  known: CParameter,
): Typed {
  if (declared.kind !== "pointer" || describeCType(declared) === describeCType(known.type)) return argument;
  const operand: Typed = { ...argument, ctype: known.type, type: { kind: "c", ctype: known.type } };
  return { op: "cast", to: declared.to, pointer: true, operand, type: argument.type };
}

function returnValue(prototype: FunctionPrototype | undefined): Typed {
  if (!prototype) return { op: "returnValue", type: INT };
  const type = CALL_OF_SYSTEM.test(prototype.name) ? RESULT : typeOfCType(prototype.returns);
  return { op: "returnValue", ctype: prototype.returns, type };
}

function tracepointField(
  tracepoint: Tracepoint | undefined,
  name: string,
  point: ProbePoint,
  context: Context,
  span: Span,
): Typed {
  if (tracepoint) {
    const field = tracepoint.fields.find((f) => f.name === name);
    if (field) return tracepointArgument(field, tracepoint, context.kernel);
    const names = tracepoint.fields.map((f) => f.name);
    return fail(
      context,
      span,
      "kernel-no-argument",
      `${point.parts.join(":")} has no field \`${name}\` in ${context.kernel.id} (${context.kernel.release})`,
      offerNearest(
        name,
        names,
        span,
        names.length > 0 ? `it has ${orList(names)}` : undefined,
        fieldsMeant(name, names),
      ),
    );
  }
  if (isWildcard(point))
    return fail(
      context,
      span,
      "wildcard-args",
      "events of several tracepoints share no fields",
      "name one tracepoint, or use the fields every event has: comm, pid, probe, …",
    );
  return fail(
    context,
    span,
    "kernel-no-argument",
    `the fields of ${point.parts.join(":")} are not known for ${context.kernel.id}`,
  );
}
