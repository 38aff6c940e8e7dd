/**
 * Functions of a program by the names that people know: `ns::Class::method` for all forms of a C++ function that the
 * compiler made of it, and without the hash at the end of a Rust one.
 */
import { globMatcher } from "../semantics/expression/glob.js";
import { demangle } from "./demangle.js";

/** The addresses of functions, by name. */
export type Functions = ReadonlyMap<string, number>;

const WILDCARD = /[*?[]/;

export function isPattern(name: string): boolean {
  return WILDCARD.test(name);
}

/** Entries are wanted; these are parts of functions that the compiler moved away. */
const MOVED_PART = /\.cold(\.\d+)?$/;

/** What a function is called without its parameters and what it returns; several where it is one of a template. */
export function knownNames(demangled: string): readonly string[] {
  const whole = demangled.replace(/(?: \[clone [^\]]*\])+$/, "");
  const bare = withoutReturned(withoutParameters(whole.replace(/(?: (?:const|volatile)| &{1,2})+$/, "")));
  return [...new Set([whole, bare, withoutTemplate(bare)])];
}

function withoutParameters(text: string): string {
  if (!text.endsWith(")")) return text;
  const open = opening(text, "(", ")");
  // `operator()` and `(anonymous namespace)` are names.
  return open > 0 && !text.slice(0, open).endsWith("operator") ? text.slice(0, open) : text;
}

/** Templates are written with what they return before their names. */
function withoutReturned(text: string): string {
  if (/\boperator\b/.test(text)) return text;
  let depth = 0;
  for (let i = text.length - 1; i > 0; i--) {
    const sign = text[i] ?? "";
    if (")>".includes(sign)) depth++;
    else if ("(<".includes(sign)) depth--;
    else if (sign === " " && depth === 0) return text.slice(i + 1);
  }
  return text;
}

function withoutTemplate(text: string): string {
  return text.endsWith(">") && !/\boperator\b/.test(text) ? text.slice(0, opening(text, "<", ">")) : text;
}

/** Where the bracket opens that closes at the end. */
function opening(text: string, open: string, close: string): number {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === close) depth++;
    else if (text[i] === open && --depth === 0) return i;
  }
  return -1;
}

/**
 * The names in the file of the functions that are meant by a name or a pattern, one for each place: empty where it has none.
 * A name that a tracer would take for a pattern comes as its address.
 */
export function symbolsOf(functions: Functions, written: string): readonly string[] {
  const exact = functions.get(written);
  const matches = isPattern(written);
  // As `main.(*T).Method` of Go.
  if (exact !== undefined) return matches ? [`0x${exact.toString(16)}`] : [written];
  const isWanted = matches ? globMatcher(written) : (name: string) => name === written;
  // The tracer finds these itself.
  if (matches && [...functions.keys()].some(isWanted)) return [written];
  const places = new Map<number, string>();
  for (const [name, address] of functions) {
    if (MOVED_PART.test(name) || places.has(address)) continue;
    const demangled = demangle(name);
    if (demangled !== name && knownNames(demangled).some(isWanted)) places.set(address, name);
  }
  return [...places.values()];
}

/** What people call the functions that have mangled names, for suggestions. */
export function namesForPeople(functions: Functions): readonly string[] {
  return [...functions.keys()].map((name) => knownNames(demangle(name)).at(-1) ?? name);
}
