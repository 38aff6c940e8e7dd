/** Checks that data is a kernel profile; reports the first fault with its path. */
import { KernelError } from "../error.js";
import type { KernelProfile } from "./core-profile-data.js";

type FieldCheck = (value: unknown, path: string) => void;
type JsonObject = Readonly<Record<string, unknown>>;

function wrong(path: string, expected: string): never {
  throw new KernelError(`this profile is damaged: ${path || "it"} is not ${expected}`);
}

const text: FieldCheck = (value, path) => {
  if (typeof value !== "string") wrong(path, "text");
};

const truth: FieldCheck = (value, path) => {
  if (typeof value !== "boolean") wrong(path, "true or false");
};

const count: FieldCheck = (value, path) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) wrong(path, "a whole number");
};

const bit: FieldCheck = (value, path) => {
  if (value !== 0 && value !== 1) wrong(path, "0 or 1");
};

const namedValue: FieldCheck = (value, path) => {
  if (
    typeof value === "number"
      ? !Number.isSafeInteger(value)
      : typeof value !== "string" || !/^-?[0-9]{1,20}$/.test(value)
  )
    wrong(path, "a whole number");
};

function fieldsOf(value: unknown, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(path, "an object");
  return value as JsonObject;
}

function oneOf(...words: readonly string[]): FieldCheck {
  return (value, path) => {
    if (typeof value !== "string" || !words.includes(value)) wrong(path, `one of ${words.join(", ")}`);
  };
}

function optional(check: FieldCheck): FieldCheck {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}

function list(check: FieldCheck): FieldCheck {
  return (value, path) => {
    if (!Array.isArray(value)) wrong(path, "a list");
    value.forEach((item, i) => check(item, `${path}[${i}]`));
  };
}

/** Checks a list of fixed length, whose last item may be left out if its check allows it. */
function tuple(...checks: readonly FieldCheck[]): FieldCheck {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > checks.length) wrong(path, `a list of ${checks.length}`);
    checks.forEach((check, i) => check(value[i], `${path}[${i}]`));
  };
}

function record(check: FieldCheck): FieldCheck {
  return (value, path) => {
    for (const [key, item] of Object.entries(fieldsOf(value, path)))
      check(item, path === "" ? key : `${path}[${JSON.stringify(key)}]`);
  };
}

function object(checks: Readonly<Record<string, FieldCheck>>): FieldCheck {
  return (value, path) => {
    const fields = fieldsOf(value, path);
    for (const [key, check] of Object.entries(checks))
      check(fields[key], path === "" ? key : `${path}.${key}`);
  };
}

const number: Readonly<Record<string, FieldCheck>> = {
  bytes: count,
  signed: truth,
  name: text,
  typedef: optional(text),
};

const typeByKind: Readonly<Record<string, Readonly<Record<string, FieldCheck>>>> = {
  int: number,
  enum: number,
  bool: {},
  char: { signed: truth },
  pointer: { to: count },
  array: { of: count, length: count },
  struct: {
    name: text,
    typedef: optional(text),
    members: optional(list(tuple(text, count, count, optional(count)))),
  },
  union: {
    name: text,
    typedef: optional(text),
    members: optional(list(tuple(text, count, count, optional(count)))),
  },
  function: {},
  void: {},
  other: { name: text },
};

const type: FieldCheck = (value, path) => {
  const kind = fieldsOf(value, path)["kind"];
  oneOf(...Object.keys(typeByKind))(kind, `${path}.kind`);
  object(typeByKind[kind as string] ?? {})(value, path);
};

const values = record(namedValue);

const everything = object({
  id: text,
  release: text,
  arch: text,
  pageSize: count,
  attach: object({ kprobe: truth, fentry: truth, uprobe: truth, tracepoint: truth }),
  complete: truth,
  tracepointNames: record(text),
  tracepoints: record(
    list(tuple(text, text, count, bit, oneOf("number", "pointer", "char_array", "array", "data_loc"))),
  ),
  functions: record(
    object({
      parameters: optional(list(tuple(text, count))),
      returns: optional(count),
      module: optional(text),
    }),
  ),
  functionGaps: record(text),
  absentFunctions: list(text),
  structs: record(count),
  types: list(type),
  enums: record(values),
  enumsByMember: list(values),
  flags: record(values),
  fieldValues: record(object({ kind: oneOf("flags", "enum"), values })),
});

/** Checks a profile's structure. References to missing types, and cycles, are found when they are followed. */
export function checkProfile(data: unknown): asserts data is KernelProfile {
  const { version } = fieldsOf(data, "");
  if (version !== 1)
    throw new KernelError(
      `this program cannot read this profile: its version is ${JSON.stringify(version) ?? "missing"}, not 1`,
    );
  everything(data, "");
}
