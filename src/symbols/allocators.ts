/**
 * The functions of allocators, in whichever program or library they are: of the C library, jemalloc, tcmalloc and
 * mimalloc, and what C++ calls. Functions that take and return the same have one name here, that of the C library or of
 * the first allocator to have it.
 */
import { basename } from "node:path";
import { symbolsWithDebug } from "./debug-file.js";
import { ElfFile, type ElfSymbol } from "./elf.js";

/** What a program or library has of allocators. */
export interface Allocators {
  /** `glibc`, `jemalloc with the prefix je_`, of each allocator; empty if there is only an operator of C++. */
  readonly names: readonly string[];
  /** The symbols by the function that each is; of several for one function of the file, the first. */
  readonly functions: ReadonlyMap<string, readonly string[]>;
}

/** Of every allocator: functions by the names that they may have, behind a prefix or without one. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  malloc: ["malloc"],
  calloc: ["calloc"],
  realloc: ["realloc", "reallocf"],
  reallocarray: ["reallocarray"],
  posix_memalign: ["posix_memalign"],
  memalign: ["memalign"],
  aligned_alloc: ["aligned_alloc"],
  valloc: ["valloc"],
  pvalloc: ["pvalloc"],
  free: ["free", "cfree", "free_sized", "free_aligned_sized"],
  mallocx: ["mallocx"],
  rallocx: ["rallocx"],
  xallocx: ["xallocx"],
  dallocx: ["dallocx"],
  sdallocx: ["sdallocx"],
};

/** Behind the prefix of mimalloc or tcmalloc alone: elsewhere the names mean something else. */
const OWN_FUNCTIONS: Readonly<Record<string, readonly [name: string, form: RegExp][]>> = {
  mi_: [
    ["malloc", /^(z|m)alloc(_small|_aligned|_aligned_at)?$/],
    ["calloc", /^(calloc(_aligned|_aligned_at)?|mallocn|new_n)$/],
    ["realloc", /^(re(z)?alloc(_aligned|_aligned_at)?|new_realloc)$/],
    ["reallocarray", /^(reallocn|recalloc(_aligned|_aligned_at)?|new_reallocn)$/],
    ["free", /^free(_size|_size_aligned|_aligned)$/],
    ["operator_new", /^new(_aligned)?(_nothrow)?$/],
    ["heap_malloc", /^heap_(z|m)alloc(_small|_aligned|_aligned_at)?$/],
    ["heap_calloc", /^heap_(calloc(_aligned|_aligned_at)?|mallocn)$/],
    ["heap_realloc", /^heap_re(z)?alloc(f|_aligned|_aligned_at)?$/],
  ],
  tc_: [
    ["malloc", /^malloc_skip_new_handler$/],
    ["operator_new", /^new(array)?(_aligned)?(_nothrow)?$/],
    ["operator_delete", /^delete(array)?(_sized)?(_aligned)?(_nothrow)?$/],
  ],
};

/** The operators of C++ by the names that compilers give them: of a size, an alignment, and without exceptions. */
const OPERATORS: readonly [name: string, form: RegExp][] = [
  ["operator_new", /^_Zn[wa][mj](St11align_val_t)?(RKSt9nothrow_t)?(12__hot_cold_t)?$/],
  ["operator_delete", /^_Zd[la]Pv[mj]?(St11align_val_t)?(RKSt9nothrow_t)?$/],
];

/** With which allocators are built into programs, beside the one of each build. */
const USUAL_PREFIXES = ["je_", "_rjem_", "mi_", "tc_"];

/** The dynamic linker has an allocator for itself; its functions do not count. That of musl is the C library too. */
const LINKER = /^ld(-linux.*|-\d.*|64)?\.so/;
/** Their operators of C++ call malloc, whichever that is. */
const CPP_RUNTIME = /^lib(stdc\+\+|c\+\+|c\+\+abi)\.so/;

/** What a file has of allocators; undefined if it has nothing, or is not a program or a library. */
export function allocatorsOf(file: string, prefixes: readonly string[] = []): Allocators | undefined {
  const name = basename(file);
  if (LINKER.test(name)) return undefined;
  const symbols = ElfFile.tryRead(file, (elf) => symbolsWithDebug(elf, file));
  return symbols && allocatorsAmong(symbols, name, prefixes);
}

/** Exported for tests. */
export function allocatorsAmong(
  symbols: readonly Pick<ElfSymbol, "name" | "address">[],
  fileName: string,
  prefixes: readonly string[],
): Allocators | undefined {
  const plain = symbols.map(({ name, address }) => ({ name: name.replace(/@.*/, ""), address }));
  const known = new Set(plain.map(({ name }) => name));
  const found = prefixesOf(known, prefixes);
  const formOf = (name: string): string | undefined => functionOf(name, found);
  const byAddress = new Map<number, string>();
  const functions = new Map<string, Set<string>>();
  const ordered = plain.flatMap(({ name, address }) => {
    const form = formOf(name);
    return form === undefined || (form.startsWith("operator") && CPP_RUNTIME.test(fileName))
      ? []
      : [{ name, address, form }];
  });
  // Several names of one place are probed as one; those of all versions of a file come in the same order.
  for (const { name, address, form } of ordered.sort((a, b) => rank(a) - rank(b) || order(a.name, b.name))) {
    const symbol = byAddress.get(address) ?? name;
    byAddress.set(address, symbol);
    functions.set(form, (functions.get(form) ?? new Set()).add(symbol));
  }
  if (functions.size === 0) return undefined;
  return {
    names: namesOf(known, found, fileName),
    functions: new Map([...functions].map(([form, all]) => [form, [...all]])),
  };
}

const ORDER = [...Object.keys(FUNCTIONS), "operator_new", "operator_delete"];

/** Names without a prefix come first, and so do the functions that are listed first. */
function rank({ name, form }: { readonly name: string; readonly form: string }): number {
  return (name === form ? 0 : 100) + ORDER.indexOf(form);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function functionOf(name: string, prefixes: readonly string[]): string | undefined {
  for (const prefix of prefixes) {
    if (!name.startsWith(prefix)) continue;
    const rest = name.slice(prefix.length);
    const common = Object.entries(FUNCTIONS).find(([, names]) => names.includes(rest))?.[0];
    if (common !== undefined) return common;
    const own = OWN_FUNCTIONS[prefix]?.find(([, form]) => form.test(rest))?.[0];
    if (own !== undefined) return own;
  }
  return OPERATORS.find(([, form]) => form.test(name))?.[0];
}

/** The prefixes of the allocators in a file; the empty one for functions that have the names of the C library. */
function prefixesOf(known: ReadonlySet<string>, asked: readonly string[]): readonly string[] {
  // Whatever the prefix, what has these functions is jemalloc.
  const ofBuilds = [...known]
    .filter((name) => name.endsWith("mallocx"))
    .map((name) => name.slice(0, -"mallocx".length))
    .filter((prefix) => known.has(`${prefix}dallocx`) && known.has(`${prefix}sdallocx`));
  const all = new Set(["", ...asked, ...USUAL_PREFIXES, ...ofBuilds]);
  return [...all].filter((prefix) => has(known, prefix));
}

function has(known: ReadonlySet<string>, prefix: string): boolean {
  return known.has(`${prefix}malloc`) && known.has(`${prefix}free`);
}

/** Of mimalloc, the functions with its prefix are those that stand for the C library's. */
function namesOf(
  known: ReadonlySet<string>,
  prefixes: readonly string[],
  fileName: string,
): readonly string[] {
  const plain = prefixes.includes("") ? [allocatorName(known, "", fileName)] : [];
  const others = prefixes
    .filter((prefix) => prefix !== "")
    .map((prefix) => ({ prefix, name: allocatorName(known, prefix, fileName) }))
    .filter(({ name }) => !plain.includes(name));
  return [...plain, ...others.map(({ prefix, name }) => `${name} with the prefix ${prefix}`)];
}

function allocatorName(known: ReadonlySet<string>, prefix: string, fileName: string): string {
  if (known.has(`${prefix}mallocx`)) return "jemalloc";
  if (prefix === "mi_" || (prefix === "" && known.has("mi_malloc"))) return "mimalloc";
  if (prefix === "tc_" || (prefix === "" && known.has("tc_malloc"))) return "tcmalloc";
  if (known.has("gnu_get_libc_version")) return "glibc";
  if (/^(ld-musl|libc\.musl)/.test(fileName) || known.has("__libc_start_main")) return "a C library";
  return prefix === "je_" || prefix === "_rjem_" ? "jemalloc" : "an allocator of its own";
}
