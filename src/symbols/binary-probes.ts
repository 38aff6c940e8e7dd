/** What can be probed in a program or library: its functions, and the static probes (USDT) that it declares. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { globMatcher } from "../semantics/expression/glob.js";
import type { ProbePoint } from "../semantics/typed.js";
import type { MissingProbe } from "../plan/binaries.js";
import { nearest } from "../diagnostics/suggest.js";
import { findDebugFile } from "./debug-file.js";
import { ElfError, ElfFile } from "./elf.js";

interface BinaryProbes {
  readonly functions: ReadonlySet<string>;
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
  try {
    return ElfFile.read(file, (elf) => {
      const debug = elf.hasSymbolTable ? undefined : findDebugFile(elf, file);
      const names = [...elf.symbols(), ...(debug === undefined ? [] : symbolsOf(debug))].map(({ name }) =>
        name.replace(/@.*/, ""),
      );
      return { functions: new Set(names), statics: new Set(elf.staticProbes()) };
    });
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function symbolsOf(file: string): readonly { readonly name: string }[] {
  try {
    return ElfFile.read(file, (elf) => elf.symbols());
  } catch (error) {
    if (error instanceof ElfError) return [];
    throw error;
  }
}

/** Why a file does not have a probe; undefined if it does. */
export function missingIn(
  { functions, statics }: BinaryProbes,
  file: string,
  { type, parts: [, ...names] }: ProbePoint,
): MissingProbe | undefined {
  const isStatic = type === "usdt";
  const wanted = names.join(":");
  const all = isStatic ? statics : functions;
  const what = isStatic ? "static probe" : "function";
  if (/[*?[]/.test(wanted))
    return [...all].some(globMatcher(wanted))
      ? undefined
      : { why: `no ${what} of ${file} matches ${wanted}`, similar: [] };
  // An address, or a place inside of a function.
  if (!isStatic && /^(0x[0-9a-fA-F]+|[0-9]+)$/.test(wanted)) return undefined;
  const name = isStatic ? wanted : wanted.replace(/\+(0x[0-9a-fA-F]+|[0-9]+)$/, "");
  if (all.has(name)) return undefined;
  return { why: `${file} has no ${what} ${name}`, similar: nearest(name, all) };
}
