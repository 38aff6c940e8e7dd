/**
 * Whether the kernel can emulate the instruction that a probe in user code replaces. If it cannot, the processor has to
 * step over a copy of it, which is a second trap.
 */
import { isAbsolute } from "node:path";
import { remembered } from "../lazy.js";
import type { ProbePoint } from "../semantics/typed.js";
import type { FirstInstruction } from "../costs/cost.js";
import { libraryFile, probesOf } from "./binary-probes.js";
import { ElfFile } from "./elf.js";

/** Of the longest that is looked for: a prefix, and the first byte of the instruction. */
const BYTES = 2;

/** Undefined where the file or the function is not found, or for other processors than x86-64. */
export function firstInstructions(): (point: ProbePoint) => FirstInstruction | undefined {
  const functions = remembered((file: string) => probesOf(file));
  return ({ type, parts: [name = "", symbol = ""] }) => {
    if (type !== "uprobe" && type !== "uretprobe") return undefined;
    const file = isAbsolute(name) ? name : libraryFile(name);
    const probes = file === undefined ? undefined : functions(file);
    const address = probes?.functions.get(symbol);
    if (file === undefined || address === undefined || probes?.build.machine !== "x86-64") return undefined;
    const code = ElfFile.tryRead(file, (elf) => elf.code(address, BYTES));
    return code && (isEmulated(code) ? "emulated" : "stepped");
  };
}

/** push, nop, call and jumps: what `arch/x86/kernel/uprobes.c` has of its own. */
function isEmulated([first = 0, second = 0]: readonly number[]): boolean {
  const isPush = (byte: number): boolean => byte >= 0x50 && byte <= 0x57;
  const isExtended = first === 0x41 && isPush(second);
  const isJump = first === 0xe9 || first === 0xeb || (first >= 0x70 && first <= 0x7f);
  return isPush(first) || isExtended || first === 0x90 || first === 0xe8 || isJump;
}
