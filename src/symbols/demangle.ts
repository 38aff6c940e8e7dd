/**
 * Demangles the names of C++ and Rust functions. The demangler is WebAssembly, and
 * is compiled when it is first needed.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { readOwnFile } from "../files/kernel-file.js";
// The package's entry point imports a `.wasm` file, which only bundlers support.
import * as glue from "gecko-profiler-demangle/index_bg.js";
import { codePlace } from "../code-place.js";
import { asset } from "../assets.js";

const MANGLED = /^(?:_Z|_R|__Z)/;
const known = new Map<string, string>();
let isLoaded = false;
/** The glue has one instance, and with it a view of its memory, however often this is loaded. */
const instance = glue.__wbg_set_wasm as typeof glue.__wbg_set_wasm & {
  memory?: { grow(pages: number): number };
};

/** Returns the demangled name; the name itself if it is not mangled, or in an unknown scheme. */
export function demangle(name: string): string {
  if (!MANGLED.test(name)) return name;
  let text = known.get(name);
  if (text === undefined) known.set(name, (text = plain(name)));
  return text;
}

function plain(name: string): string {
  try {
    if (!isLoaded) load();
    const text = glue.demangle_any(name);
    // The demangler strips a leading underscore even if it then fails to demangle the name.
    return text === name.slice(1) ? name : text;
  } catch {
    // A malicious name may crash it; it is instantiated again for the next name.
    isLoaded = false;
    return name;
  }
}

function code(): Uint8Array {
  const beside = new URL("./demangler.wasm", codePlace());
  const path = existsSync(beside)
    ? beside
    : createRequire(codePlace()).resolve("gecko-profiler-demangle/index_bg.wasm");
  return new Uint8Array(readOwnFile(path));
}

function load(): void {
  const module = new WebAssembly.Module(asset("demangler.wasm") ?? code());
  const { exports } = new WebAssembly.Instance(module, { "./index_bg.js": glue });
  // This detaches the view of the instance before, which the glue would go on reading.
  instance.memory?.grow(0);
  instance.memory = exports["memory"] as NonNullable<(typeof instance)["memory"]>;
  glue.__wbg_set_wasm(exports);
  (exports["__wbindgen_start"] as () => void)();
  isLoaded = true;
}
