/** The functions of one file, by address. */
import type { ElfSymbol } from "./elf.js";

export interface Found {
  readonly name: string;
  readonly offset: number;
  readonly symbol: ElfSymbol;
}

export class FunctionTable {
  private readonly symbols: readonly ElfSymbol[];
  private byName: ReadonlyMap<string, readonly ElfSymbol[]> | undefined;

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

  /** Whether functions can be found by their names: of very many they cannot, as that would take too much room. */
  get knowsNames(): boolean {
    return this.symbols.length <= MOST_NAMED;
  }

  /** The functions of this name, whatever version of it: usually one. */
  named(name: string): readonly ElfSymbol[] {
    this.byName ??= this.index();
    return this.byName.get(name) ?? NONE;
  }

  private index(): ReadonlyMap<string, readonly ElfSymbol[]> {
    const found = new Map<string, ElfSymbol[]>();
    if (!this.knowsNames) return found;
    for (const symbol of this.symbols) {
      const version = symbol.name.indexOf("@");
      const name = version > 0 ? symbol.name.slice(0, version) : symbol.name;
      const known = found.get(name);
      if (known) known.push(symbol);
      else found.set(name, [symbol]);
    }
    return found;
  }
}

const NESTED = 16;
const MOST_NAMED = 500_000;
const NONE: readonly ElfSymbol[] = [];

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
