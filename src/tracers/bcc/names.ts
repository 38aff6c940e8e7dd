/** Names in the program: valid identifiers in C and Python that are no macros of the kernel. */
import { freeName } from "../../plan/free-name.js";

/** Keywords of C and Python, and macros of the kernel's headers without parameters. */
const RESERVED = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long " +
    "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while " +
    "and as assert async await class def del elif except finally from global import in is lambda nonlocal not or " +
    "pass raise try with yield none true false bool asm current linux unix i386 args ctx number turn " +
    "u8 u16 u32 u64 s8 s16 s32 s64 major minor barrier noinline notrace likely unlikely typeof null"
  ).split(" "),
);

/** Makes an unreserved lower-case identifier of a text; `fallback` if no character of it can be used. */
export function identifier(text: string, fallback: string): string {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, 40);
  if (word === "") return fallback;
  return RESERVED.has(word) ? `${word}_` : word;
}

/** Hands out names, each once, and none that `outer` has. */
export class Names {
  private readonly taken: Set<string>;

  constructor(
    taken: readonly string[] = [],
    private readonly outer?: Names,
  ) {
    this.taken = new Set(taken);
  }

  take(text: string, fallback = "value"): string {
    const name = freeName(identifier(text, fallback), (each) => this.has(each));
    this.taken.add(name);
    return name;
  }

  has(name: string): boolean {
    return this.taken.has(name) || this.outer?.has(name) === true;
  }
}
