/** The bundled standard library and kernel profiles. */
import type { Kernel } from "../kernel/kernel.js";
import type { KernelProfile } from "../kernel/profile/core-profile-data.js";
import { profileKernel } from "../kernel/profile/core-profile.js";
import { openLibrary, type Library } from "../semantics/library.js";
import { LIBRARY, PROFILES, USES } from "./generated.js";

let library: Library | undefined;
const kernels = new Map<string, Kernel>();

export function standardLibrary(): Library {
  library ??= openLibrary(LIBRARY);
  return library;
}

/** Returns how many of the bundled tools and examples ask about a source of the library. */
export function usesOf(source: string): number {
  return Object.hasOwn(USES, source) ? (USES[source] ?? 0) : 0;
}

export const bundledNames: readonly string[] = Object.keys(PROFILES);

/** Opens a bundled profile. Throws for a name that is not in `bundledNames`. */
export function bundledKernel(name: string): Kernel {
  const known = kernels.get(name);
  if (known) return known;
  const kernel = freshKernel(name);
  kernels.set(name, kernel);
  return kernel;
}

/** Opens a bundled profile as a new object, because a kernel remembers the lookups that were made. */
export function freshKernel(name: string): Kernel {
  const text = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  if (text === undefined) throw new RangeError(`no bundled profile is called ${name}`);
  // Not checked again: it was checked when it was bundled, and a check takes as long as compiling a query.
  return profileKernel(JSON.parse(text) as KernelProfile);
}
