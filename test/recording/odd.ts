/** Values that are not what a recording has, and where they can be put. */

export const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e300,
  -1e300,
  9007199254740992,
  8640000000000001,
  "",
  "x",
  "NaN",
  [],
  {},
  [[]],
  { $bigint: "1" },
  { $bigint: "-99999999999999999999" },
  { $bigint: "99999999999999999999" },
  undefined,
];

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Every value in it, by the names that lead there. */
export function placesIn(
  value: Json,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, each]) => placesIn(each, [...path, name]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** With another value there; left out where that is undefined. */
export function changed(value: Json, [name, ...rest]: readonly (string | number)[], odd: unknown): unknown {
  if (name === undefined) return odd;
  if (Array.isArray(value))
    return value.map((each, i) => (String(i) === name ? changed(each, rest, odd) : each));
  if (typeof value !== "object" || value === null) return odd;
  return { ...value, [name]: changed(value[name] ?? null, rest, odd) };
}

/** A header with short lists of names: there are hundreds of the kernel's flags, each like the other. */
export function shortened(header: Json): Json {
  const { names, ...rest } = header as { [name: string]: Json };
  const sets = names as { members: Json[] }[];
  return { ...rest, names: sets.map((set) => ({ ...set, members: set.members.slice(0, 2) })) };
}
