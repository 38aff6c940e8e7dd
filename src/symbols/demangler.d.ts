/** Types for the glue code of the demangler's package, which has none. */
declare module "gecko-profiler-demangle/index_bg.js" {
  export function demangle_any(name: string): string;
  export function __wbg_set_wasm(exports: object): void;
}

/** The part of Node's API that its type definitions lack. */
declare namespace WebAssembly {
  const Module: new (bytes: Uint8Array) => object;
  const Instance: new (
    module: object,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}
