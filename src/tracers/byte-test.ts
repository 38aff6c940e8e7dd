/** Tests a byte of a string against one position of a glob pattern, in C and bpftrace. */
import type { GlobByte } from "../semantics/expression/glob.js";
import { c, type Code, type Test } from "./code.js";

/** `character` emits the constant for a byte. Returns undefined if any byte matches. */
export function byteTest(byte: GlobByte, read: Code, character: (byte: number) => Code): Test | undefined {
  if (byte.kind === "any") return undefined;
  if (byte.kind === "byte") return c.compare("==", read, character(byte.value));
  const within = c.any(
    byte.ranges.map(([low, high]) =>
      low === high
        ? c.compare("==", read, character(low))
        : c.all([c.compare(">=", read, character(low)), c.compare("<=", read, character(high))]),
    ),
  );
  return byte.negated ? c.opposite(within) : within;
}
