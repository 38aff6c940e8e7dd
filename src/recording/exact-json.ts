/** JSON that keeps all digits: a `bigint` is `{"$bigint": "123"}`. */

const NAME = "$bigint";

export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "bigint" ? { [NAME]: String(each) } : each,
  );
}

/** Throws a `SyntaxError`. */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== "object" || each === null || !(NAME in each)) return each;
    const digits = each[NAME];
    // More digits than a 64-bit number has are not from here.
    return typeof digits === "string" && /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : each;
  });
}
