/** Makes a value when it is first asked for, and once. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A function of one name whose answers are kept, misses as well. */
export function remembered<T>(find: (name: string) => T): (name: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = { value: find(name) }));
    return answer.value;
  };
}
