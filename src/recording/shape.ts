/** Checks data that comes from a file, piece by piece, and says where it is not what it should be. */

export class ShapeError extends Error {
  /** `at`: such as `plan.results[2].keys`. */
  constructor(
    readonly at: string,
    expected: string,
  ) {
    super(at === "" ? `it is not ${expected}` : `\`${at}\` is not ${expected}`);
  }
}

/** The value, once it is known to be one; throws a `ShapeError`. */
export type Shape<T> = (value: unknown, at: string) => T;

export const text: Shape<string> = (value, at) => {
  if (typeof value === "string") return value;
  throw new ShapeError(at, "a text");
};

export const truth: Shape<boolean> = (value, at) => {
  if (typeof value === "boolean") return value;
  throw new ShapeError(at, "true or false");
};

export const number: Shape<number> = (value, at) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ShapeError(at, "a number");
};

/** A point or a span of time, in milliseconds: more than a calendar has is none. */
export const milliseconds: Shape<number> = (value, at) => {
  if (Math.abs(number(value, at)) <= MOST_MILLISECONDS) return number(value, at);
  throw new ShapeError(at, "a time in milliseconds");
};

/** A JavaScript date has little more; the rest is for what the kernel's clock adds. */
const MOST_MILLISECONDS = 8e15;

/** A place in a list, or a count. */
export const index: Shape<number> = (value, at) => {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new ShapeError(at, "a whole number of 0 or more");
};

export const big: Shape<bigint> = (value, at) => {
  if (typeof value === "bigint") return value;
  throw new ShapeError(at, "a large number");
};

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return (value, at) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new ShapeError(at, words.length === 1 ? `"${words[0]}"` : `one of ${words.join(", ")}`);
  };
}

/** Longer lists are no plan. */
const LONGEST = 100_000;

export function list<T>(of: Shape<T>): Shape<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(at, "a list");
    if (value.length > LONGEST) throw new ShapeError(at, `a list of at most ${LONGEST}`);
    return value.map((each, i) => of(each, `${at}[${i}]`));
  };
}

export function pair<A, B>(first: Shape<A>, second: Shape<B>): Shape<[A, B]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length !== 2) throw new ShapeError(at, "a pair");
    return [first(value[0], `${at}[0]`), second(value[1], `${at}[1]`)];
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Of<F extends Fields> = { readonly [K in keyof F]: F[K] extends Shape<infer T> ? T : never };

/** What else the object has is left out. */
export function object<F extends Fields, O extends Fields = Record<never, never>>(
  needed: F,
  optional?: O,
): Shape<Of<F> & Partial<Of<O>>> {
  return (value, at) => {
    const given = asObject(value, at);
    const result: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(needed)) result[name] = shape(given[name], join(at, name));
    for (const [name, shape] of Object.entries(optional ?? {}))
      if (given[name] !== undefined) result[name] = shape(given[name], join(at, name));
    return result as Of<F> & Partial<Of<O>>;
  };
}

export function asObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new ShapeError(at, "an object");
}

export function join(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}
