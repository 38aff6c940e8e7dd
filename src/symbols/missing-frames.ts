/**
 * Finds what a walk by frame pointers has left out of a stack. The instruction before a return address says which function was
 * called; where that is not the function in the frame above, it is put in, as its call has not returned. Where frames must be
 * missing of which nothing is known, there is a mark. No frame is guessed.
 */
import { demangle } from "./demangle.js";
import type { ElfSymbol } from "./elf.js";
import type { CodePlace, Module } from "./module.js";

/** Stands where frames are missing. */
export const GAP = "[gap]";

/** What is between a frame and the one that called it, from the inside to the outside; `modules` are those of the stack. */
export function framesBetween(
  above: CodePlace,
  { called, module }: CodePlace,
  { modules, isExact }: { readonly modules: ReadonlySet<Module>; readonly isExact: boolean },
): readonly string[] {
  switch (called?.kind) {
    case undefined:
      return [];
    case "unknown":
      return !isExact && skipsCaller(above) ? [GAP] : [];
    case "function":
      return isOf(above, module, called.symbol) || !isOutside(above, module, called.symbol)
        ? []
        : inserted(above, module, called.symbol);
    case "name":
      return namedBetween(above, called.name, modules);
  }
}

/** Without a frame pointer of its own, a function has that of its caller or of another one: where it was called from is not seen. */
function skipsCaller({ module, found }: CodePlace): boolean {
  return found !== undefined && module.setsFramePointer(found.symbol) === false;
}

function isOf({ module, found }: CodePlace, of: Module, symbol: ElfSymbol): boolean {
  return (
    module === of &&
    found !== undefined &&
    (found.symbol.address === symbol.address || found.name === `${symbol.name}.cold`)
  );
}

/** Whether a place without a name is certainly not in this function. */
function isOutside({ module, found }: CodePlace, of: Module, { size }: ElfSymbol): boolean {
  return found !== undefined || module !== of || size > 0;
}

function inserted(above: CodePlace, module: Module, symbol: ElfSymbol): readonly string[] {
  const text = nameOf(symbol.name, module);
  return module.leadsTo(symbol, above) ? [text] : [GAP, text];
}

function namedBetween(above: CodePlace, name: string, modules: ReadonlySet<Module>): readonly string[] {
  if (above.found && above.module.isNamed(above.found.symbol, name)) return [];
  if ([...modules].some(({ knowsNames }) => !knowsNames)) return [];
  const owners = [...modules].filter((each) => each.named(name).length > 0);
  const symbols = owners.flatMap((owner) => owner.named(name).map((symbol) => ({ owner, symbol })));
  // What such a name leads to has names of its own.
  if (symbols.some(({ symbol }) => symbol.isIndirect)) return [];
  if (!above.found && symbols.some(({ owner, symbol }) => !isOutside(above, owner, symbol))) return [];
  // The function may still be looked for, and not called yet.
  if (above.module.isDynamicLinker && !owners.includes(above.module)) return [GAP];
  const [only, ...others] = symbols;
  if (!only) return [GAP, nameOf(name)];
  return others.length > 0 ? [GAP, nameOf(name)] : inserted(above, only.owner, only.symbol);
}

function nameOf(name: string, module?: Module): string {
  const plain = demangle(name.replace(/@.*/s, ""));
  return (module ? `${plain} ${module.label}` : plain).replaceAll("\n", " ");
}

/** Functions in which processes and threads begin. */
const BEGINNINGS = new Set([
  ..."_start __libc_start_main __libc_start_call_main _start_c main".split(" "),
  ..."start_thread clone clone3 __clone __clone3 thread_start start __restore_rt".split(" "),
  ..."_dl_start _dl_start_user runtime.goexit runtime.rt0_go runtime.mstart".split(" "),
]);

/** Whether a stack is whole that ends with this frame; undefined where that is not known. */
export function isOutermost({ module, found, called, address }: CodePlace): boolean | undefined {
  if (found && BEGINNINGS.has(found.name.replace(/(?:@|\.abi|\.cold|\.isra).*/s, ""))) return true;
  return called === undefined ? false : module.isStart(address);
}
