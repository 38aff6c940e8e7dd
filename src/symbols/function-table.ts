/** The functions of one file, by address. */
import type { ElfSymbol } from "./elf.js";

export interface Found {
  readonly name: string;
  readonly offset: number;
  readonly symbol: ElfSymbol;
}

export class FunctionTable {
  private readonly symbols: readonly ElfSymbol[];
  /** What was asked for; an index of all names would take more room than the few that are. */
  private readonly byName = new Map<string, readonly ElfSymbol[]>();

  constructor(symbols: readonly ElfSymbol[]) {
    this.symbols = [...symbols].sort((a, b) => a.address - b.address || preference(b, a));
  }

  get size(): number {
    return this.symbols.length;
  }

  /** Returns this table merged with a newer one, whose functions replace those at the same addresses. */
  under(newer: FunctionTable): FunctionTable {
    const addresses = new Set(newer.symbols.map(({ address }) => address));
    return new FunctionTable([
      ...this.symbols.filter(({ address }) => !addresses.has(address)),
      ...newer.symbols,
    ]);
  }

  /** Finds the function at an address; undefined between functions, or in one without a name. */
  find(address: number): Found | undefined {
    let low = 0;
    let high = this.symbols.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.symbols[middle] as ElfSymbol).address <= address) low = middle + 1;
      else high = middle;
    }
    // The best name for an address comes last. A small function may lie within a larger one.
    const nearest = this.symbols[low - 1]?.address;
    for (let i = low - 1; i >= 0 && i >= low - NESTED; i--) {
      const symbol = this.symbols[i] as ElfSymbol;
      const { name, size, address: start } = symbol;
      if (size > 0 ? address < start + size : start === nearest)
        return { name, offset: address - start, symbol };
    }
    return undefined;
  }

  /** Whether a function has this name among others. */
  isNamed(address: number, name: string): boolean {
    return this.named(name).some((symbol) => symbol.address === address);
  }

  /** The functions of this name: usually one, or one for each version of it. */
  named(name: string): readonly ElfSymbol[] {
    let found = this.byName.get(name);
    if (!found) {
      found = this.symbols.filter((each) => each.name === name || each.name.startsWith(`${name}@`));
      this.byName.set(name, found);
    }
    return found;
  }
}

const NESTED = 16;

/** Orders several names of one function so that the common one wins: `malloc`, not `__libc_malloc`. */
function preference(a: ElfSymbol, b: ElfSymbol): number {
  return (
    Number(a.size === 0) - Number(b.size === 0) ||
    underscores(a.name) - underscores(b.name) ||
    Number(a.isLocal) - Number(b.isLocal) ||
    a.name.length - b.name.length ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  );
}

function underscores(name: string): number {
  return /^_{0,9}/.exec(name)?.[0].length ?? 0;
}
