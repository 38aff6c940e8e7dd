/**
 * Data from a file, checked against a valibot schema: the first fault, with the path to it. The words of the faults that
 * any schema can find are here; a schema words only what it asks beyond that.
 */
import * as v from "valibot";

export class DataError extends Error {
  /** `at`: such as `plan.results[2].keys`; empty for the whole. `fault`: such as "is not text". */
  constructor(
    readonly at: string,
    readonly fault: string,
  ) {
    super(`${at === "" ? "it" : `\`${at}\``} ${fault}`);
  }
}

/** The value as the schema has it: members that it does not know are left out. Throws a `DataError`. */
export function checkedData<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true, message: wordsFor });
  if (result.success) return result.output;
  return refuse(result.issues[0]);
}

function refuse(issue: v.BaseIssue<unknown>): never {
  const path: v.IssuePathItem[] = issue.path ?? [];
  // To valibot, a list is an object too, and so it misses members there.
  const list = path.findIndex((item) => item.type === "object" && Array.isArray(item.input));
  if (list >= 0) throw new DataError(pathOf(path.slice(0, list)), NOT_AN_OBJECT);
  throw new DataError(pathOf(path), issue.message);
}

/** A hostile file could make it as long as itself. */
const LONGEST_PATH = 160;

function pathOf(items: readonly v.IssuePathItem[]): string {
  let path = "";
  for (const { key } of items) {
    if (typeof key === "number") path += `[${key}]`;
    else if (typeof key === "string" && /^[A-Za-z_]\w*$/.test(key)) path += path === "" ? key : `.${key}`;
    else path += `[${JSON.stringify(key)}]`;
    if (path.length > LONGEST_PATH) return `${path.slice(0, LONGEST_PATH)}...`;
  }
  return path;
}

const NOT_AN_OBJECT = "is not an object";

function wordsFor({ type, path, expected }: v.BaseIssue<unknown>): string {
  switch (type) {
    case "object":
      return path ? "is missing" : NOT_AN_OBJECT;
    case "record":
      return NOT_AN_OBJECT;
    case "variant":
      return path ? notOneOf(expected) : NOT_AN_OBJECT;
    case "literal":
    case "picklist":
      return notOneOf(expected);
    case "array":
      return "is not a list";
    case "strict_tuple":
      return path ? "is one too many" : "is not a list";
    case "string":
      return "is not text";
    case "boolean":
      return "is not true or false";
    case "number":
      return "is not a number";
    case "bigint":
      return 'is not a number in its "$bigint" form';
    default:
      return "is not what belongs there";
  }
}

/** `expected` as valibot has it: `("a" | "b")`. */
function notOneOf(expected: string | null): string {
  const words = Array.from((expected ?? "").matchAll(/"([^"]*)"|\d+/g), ([whole, word]) => word ?? whole);
  return words.length === 1 ? `is not "${words.join()}"` : `is not one of ${words.join(", ")}`;
}

// ---------------------------------------------------------------- what many schemas have

/** A place in a list, a count, or a size. */
export const count = wholeNumber("is not a whole number of 0 or more");

/** From 0 to `most`. */
export function wholeNumber(fault: string, most = Number.MAX_SAFE_INTEGER) {
  return v.pipe(v.number(fault), v.safeInteger(fault), v.minValue(0, fault), v.maxValue(most, fault));
}
