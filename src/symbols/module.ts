/** One file of code: its functions, and what its instructions call. */
import { basename } from "node:path";
import {
  callBefore,
  directTargets,
  isKnownEntry,
  isStart,
  LONGEST_AFTER_START,
  LONGEST_CALL,
  LONGEST_STUB,
  setsFramePointer,
  slotOfStub,
} from "./calls.js";
import type { CodeReader } from "./code-reader.js";
import { demangle } from "./demangle.js";
import type { ElfSymbol, Segment } from "./elf.js";
import type { Found, FunctionTable } from "./function-table.js";

/** What a call before a return address has called. */
export type Called =
  | { readonly kind: "function"; readonly symbol: ElfSymbol }
  /** A function that the dynamic linker has found by this name. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "unknown" };

/** An address on a stack. */
export interface CodePlace {
  readonly module: Module;
  readonly address: number;
  readonly found: Found | undefined;
  /** Of a return address. */
  readonly called: Called | undefined;
  readonly text: string;
}

export interface ModuleParts {
  readonly path: string;
  readonly segments: readonly Segment[];
  readonly functions: FunctionTable;
  readonly machine: number;
  /** Whether only the symbols for dynamic linking are left. */
  readonly isStripped: boolean;
  readonly buildId?: string;
  readonly code?: CodeReader;
  readonly slots: () => ReadonlyMap<number, string>;
}

/** The limit on addresses of one file that are remembered. */
const MOST_PLACES = 100_000;
/** The limit on a function whose code is searched, in bytes. */
const LARGEST_FUNCTION = 64 * 1024;
/** The dynamic linker, which runs between a call and the function that it finds for it. */
const DYNAMIC_LINKER = /^ld(?:[-.]|64|musl)/;

export class Module {
  private readonly places = [new Map<number, CodePlace>(), new Map<number, CodePlace>()] as const;
  private readonly framePointers = new Map<number, boolean | undefined>();
  private readonly targets = new Map<number, readonly number[]>();
  private slotNames: ReadonlyMap<number, string> | undefined;

  constructor(private readonly parts: ModuleParts) {}

  /** As tracers show it beside a frame. */
  get label(): string {
    const { path } = this.parts;
    return path.startsWith("[") ? path : `[${basename(path)}]`;
  }

  get name(): string {
    return basename(this.parts.path);
  }

  get isStripped(): boolean {
    return this.parts.isStripped;
  }

  get buildId(): string | undefined {
    return this.parts.buildId;
  }

  get isDynamicLinker(): boolean {
    return DYNAMIC_LINKER.test(this.name);
  }

  /** Looks up an offset in the file; `isReturn`: it is behind a call, which may be the last instruction of a function. */
  placeAt(offset: number, isReturn: boolean): CodePlace {
    const known = this.places[isReturn ? 1 : 0];
    let place = known.get(offset);
    if (!place) {
      if (known.size >= MOST_PLACES) known.clear();
      known.set(offset, (place = this.look(addressOf(offset, this.parts.segments), isReturn)));
    }
    return place;
  }

  private look(address: number, isReturn: boolean): CodePlace {
    const called = isReturn ? this.calledBefore(address) : undefined;
    const { functions } = this.parts;
    const within = called ? functions.find(address - 1) : functions.find(address);
    const found = within && called ? { ...within, offset: within.offset + 1 } : within;
    const text = found
      ? `${demangle(found.name)}+${found.offset} ${this.label}`
      : `${this.name}+0x${address.toString(16)}`;
    return { module: this, address, found, called, text: text.replaceAll("\n", " ") };
  }

  /** What a call behind which there is this address has called; undefined if there is none, or the code is not known. */
  private calledBefore(address: number): Called | undefined {
    const { code, machine } = this.parts;
    const bytes = code?.read(address - LONGEST_CALL, LONGEST_CALL);
    const call = bytes?.length === LONGEST_CALL ? callBefore(bytes, address, machine) : undefined;
    if (!call) return undefined;
    if (call.to === "slot") return this.inSlot(call.slot);
    return call.to === "address" ? this.functionAt(call.address) : { kind: "unknown" };
  }

  /** The function that begins at an address, or that a stub there leads to. */
  private functionAt(address: number): Called {
    const { code, machine } = this.parts;
    const found = this.parts.functions.find(address);
    if (found?.offset === 0)
      return found.symbol.isIndirect ? { kind: "unknown" } : { kind: "function", symbol: found.symbol };
    const slot = code && slotOfStub(code.read(address, LONGEST_STUB), address, machine);
    return slot === undefined ? { kind: "unknown" } : this.inSlot(slot);
  }

  private inSlot(slot: number): Called {
    this.slotNames ??= this.parts.slots();
    const name = this.slotNames.get(slot);
    return name === undefined || name === "" ? { kind: "unknown" } : { kind: "name", name };
  }

  get knowsNames(): boolean {
    return this.parts.functions.knowsNames;
  }

  /** The functions of this name. */
  named(name: string): readonly ElfSymbol[] {
    return this.parts.functions.named(name);
  }

  /** Whether a function calls or jumps to another one by its address or name. */
  leadsTo(from: ElfSymbol, { module, found }: CodePlace): boolean {
    if (!found) return false;
    return this.targetsOf(from).some((target) => {
      if (module === this && target === found.symbol.address) return true;
      const called = this.functionAt(target);
      return called.kind === "name" && module.isNamed(found.symbol, called.name);
    });
  }

  isNamed({ address }: ElfSymbol, name: string): boolean {
    return this.named(name).some((symbol) => symbol.address === address);
  }

  private targetsOf(symbol: ElfSymbol): readonly number[] {
    let targets = this.targets.get(symbol.address);
    if (!targets) {
      const code = this.codeOf(symbol);
      targets = code ? directTargets(code, symbol.address, this.parts.machine) : [];
      this.targets.set(symbol.address, targets);
    }
    return targets;
  }

  /** Whether a function sets up a frame pointer; undefined where that is not known. */
  setsFramePointer(symbol: ElfSymbol): boolean | undefined {
    if (!this.framePointers.has(symbol.address)) {
      const code = this.codeOf(symbol);
      this.framePointers.set(symbol.address, code && setsFramePointer(code, this.parts.machine));
    }
    return this.framePointers.get(symbol.address);
  }

  /** The whole code of a function. */
  private codeOf({ address, size }: ElfSymbol): Buffer | undefined {
    if (size === 0 || size > LARGEST_FUNCTION) return undefined;
    const code = this.parts.code?.read(address, size);
    return code?.length === size ? code : undefined;
  }

  /** Whether kernels that look for a function's entry see one here. */
  isKnownEntry(address: number): boolean {
    const { code, machine } = this.parts;
    return code !== undefined && isKnownEntry(code.read(address, 4), machine);
  }

  /** Whether a process or a thread starts with the call behind which there is this address; undefined where that is not known. */
  isStart(address: number): boolean | undefined {
    const { code, machine } = this.parts;
    const after = code?.read(address, LONGEST_AFTER_START);
    return after?.length === LONGEST_AFTER_START ? isStart(after, machine) : undefined;
  }
}

/** Converts a file offset to the address that the file's symbols use; unchanged if no segment contains it. */
function addressOf(offset: number, segments: readonly Segment[]): number {
  const within = (each: Segment): boolean => offset >= each.offset && offset < each.offset + each.fileSize;
  const segment = segments.find((each) => each.executable && within(each)) ?? segments.find(within);
  return segment ? offset - segment.offset + segment.address : offset;
}
