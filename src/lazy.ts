/** Returns a function that makes a value on the first call and returns the same one afterwards. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Memoizes a lookup by name, including results that are undefined. */
export function remembered<T>(find: (name: string) => T): (name: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = { value: find(name) }));
    return answer.value;
  };
}
