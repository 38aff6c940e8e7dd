/** What can be probed in a program or library: its functions, and the static probes (USDT) that it declares. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { globMatcher } from "../semantics/expression/glob.js";
import type { CallingConvention, ProbePoint } from "../semantics/typed.js";
import type { MissingProbe } from "../plan/binaries.js";
import { remembered } from "../lazy.js";
import { nearest } from "../diagnostics/suggest.js";
import { symbolsWithDebug } from "./debug-file.js";
import { ElfFile, type Build } from "./elf.js";
import { isPattern, namesForPeople, symbolsOf, type Functions } from "./function-names.js";

interface BinaryProbes {
  readonly functions: Functions;
  /** The functions that are meant by a name or a pattern: see `symbolsOf`. */
  readonly symbols: (written: string) => readonly string[];
  readonly build: Build;
  /** `PROVIDER:NAME` of each. */
  readonly statics: ReadonlySet<string>;
}

/** Where linkers look for libraries without being told; tracers look there too. */
const LIBRARY_DIRECTORIES = ["/lib", "/usr/lib", "/lib64", "/usr/lib64"];
const TRIPLETS: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

/** The file of a library that is named as for a linker, with or without `lib`; undefined if it is not in the usual places. */
export function libraryFile(name: string): string | undefined {
  const stem = name.startsWith("lib") ? name : `lib${name}`;
  const triplet = TRIPLETS[process.arch];
  const native = triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`];
  for (const directory of [...native, ...LIBRARY_DIRECTORIES]) {
    const files = filesIn(directory).filter((file) => file.startsWith(stem));
    const found = files
      .filter((file) => /^\.so(\.\d+)*$/.test(file.slice(stem.length)))
      .map((file) => join(directory, file))
      // What is installed for compiling may be a script for the linker.
      .find((path) => probesOf(path) !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** Undefined for what is not a program or a library. */
export function probesOf(file: string): BinaryProbes | undefined {
  return ElfFile.tryRead(file, (elf) => {
    const functions = new Map<string, number>();
    for (const { name, address } of symbolsWithDebug(elf, file))
      functions.set(name.replace(/@.*/, ""), address);
    return {
      functions,
      symbols: remembered((written) => symbolsOf(functions, written)),
      build: elf.build,
      statics: new Set(elf.staticProbes()),
    };
  });
}

/** An address, or a place inside of a function. */
const ADDRESS = /^(0x[0-9a-fA-F]+|[0-9]+)$/;
const PLACE = /\+(0x[0-9a-fA-F]+|[0-9]+)$/;
/** No pattern of people's names is of more functions: each has a probe of its own. */
const MOST_FUNCTIONS = 100;

/** The file's own names of the functions of a probe, as written where it has none. */
export function functionsOf({ symbols }: BinaryProbes, { type, parts }: ProbePoint): readonly string[] {
  const [, written = ""] = parts;
  if (type === "usdt" || ADDRESS.test(written)) return [written];
  const [place = ""] = PLACE.exec(written) ?? [];
  const found = symbols(written.slice(0, written.length - place.length));
  return found.length === 0 ? [written] : found.map((name) => `${name}${place}`);
}

export function conventionOf({ build }: BinaryProbes): CallingConvention | undefined {
  if (build.machine === "ia32") return "ia32";
  if (build.machine !== "x86-64" || build.go === undefined) return undefined;
  return build.go === "inline" ? "go" : "old go";
}

/** Why a file does not have a probe, or must not have it; undefined if it does. */
export function missingIn(probes: BinaryProbes, file: string, point: ProbePoint): MissingProbe | undefined {
  const { functions, symbols, statics, build } = probes;
  const { type, parts } = point;
  const wanted = parts.slice(1).join(":");
  if (type === "usdt") return missingStatic(statics, file, wanted);
  if (type === "uretprobe" && build.go !== undefined)
    return {
      why: `${file} is a Go program: Go moves its stacks, and a return probe would crash it`,
      hint: "probe the function's entry, or the place where it returns: `uprobe:FILE:FUNCTION+OFFSET`",
      similar: [],
    };
  if (ADDRESS.test(wanted)) return undefined;
  const name = wanted.replace(PLACE, "");
  const found = symbols(name);
  if (found.length > MOST_FUNCTIONS)
    return {
      why: `${found.length} functions of ${file} match ${name}, and ${MOST_FUNCTIONS} can be probed`,
      similar: [],
    };
  if (found.length > 0) return undefined;
  if (isPattern(name)) return { why: `no function of ${file} matches ${name}`, similar: [] };
  const all = name.includes("::") ? namesForPeople(functions) : functions.keys();
  return { why: `${file} has no function ${name}`, similar: nearest(name, new Set(all)) };
}

function missingStatic(all: ReadonlySet<string>, file: string, name: string): MissingProbe | undefined {
  if (isPattern(name))
    return [...all].some(globMatcher(name))
      ? undefined
      : { why: `no static probe of ${file} matches ${name}`, similar: [] };
  return all.has(name)
    ? undefined
    : { why: `${file} has no static probe ${name}`, similar: nearest(name, all) };
}
