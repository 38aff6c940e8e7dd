/** Decodes calls in machine code: what the instruction before a return address has called. */

/** The number that ELF has for each architecture. */
export const EM_X86_64 = 62;
export const EM_AARCH64 = 183;

/** The longest call before a return address, and the longest stub of a linkage table, in bytes. */
export const LONGEST_CALL = 7;
export const LONGEST_STUB = 11;

export type DecodedCall =
  | { readonly to: "address"; readonly address: number }
  /** The address in memory at this place, which the dynamic linker fills. */
  | { readonly to: "slot"; readonly slot: number }
  /** Only the process knew. */
  | { readonly to: "unknown" };

/** `bytes` are those before the return address; undefined if they are no call. */
export function callBefore(bytes: Buffer, returnAddress: number, machine: number): DecodedCall | undefined {
  switch (machine) {
    case EM_X86_64:
      return callOnX86(bytes, returnAddress);
    case EM_AARCH64:
      return callOnArm(bytes, returnAddress);
    default:
      return undefined;
  }
}

function callOnX86(bytes: Buffer, returnAddress: number): DecodedCall | undefined {
  const end = bytes.length;
  if (end >= 5 && bytes[end - 5] === 0xe8)
    return { to: "address", address: returnAddress + bytes.readInt32LE(end - 4) };
  if (end >= 6 && bytes[end - 6] === 0xff && bytes[end - 5] === 0x15)
    return { to: "slot", slot: returnAddress + bytes.readInt32LE(end - 4) };
  for (const length of [2, 3, 4, 6, 7])
    if (end >= length && lengthOfIndirectCall(bytes.subarray(end - length)) === length)
      return { to: "unknown" };
  return undefined;
}

/** FF /2 with its operand: a register, or memory. */
function lengthOfIndirectCall(bytes: Buffer): number {
  const [opcode, operand = 0, scaled = 0] = bytes;
  if (opcode !== 0xff || ((operand >> 3) & 7) !== 2) return 0;
  const base = operand & 7;
  const hasScale = base === 4 ? 1 : 0;
  switch (operand >> 6) {
    case 0:
      return 2 + hasScale + (base === 5 || (hasScale === 1 && (scaled & 7) === 5) ? 4 : 0);
    case 1:
      return 3 + hasScale;
    case 2:
      return 6 + hasScale;
    default:
      return 2;
  }
}

function callOnArm(bytes: Buffer, returnAddress: number): DecodedCall | undefined {
  if (bytes.length < 4) return undefined;
  const instruction = bytes.readUInt32LE(bytes.length - 4);
  if (instruction >>> 26 === 0x25)
    return { to: "address", address: returnAddress - 4 + ((instruction << 6) >> 4) };
  // `blr`, also with authentication.
  return (instruction & 0xfe_df_f0_00) >>> 0 === 0xd6_1f_00_00 ? { to: "unknown" } : undefined;
}

/** The slot that a stub of a linkage table jumps through; undefined if the bytes at `address` are no such stub. */
export function slotOfStub(bytes: Buffer, address: number, machine: number): number | undefined {
  if (machine !== EM_X86_64) return undefined;
  let at = startsWith(bytes, ENDBR64) ? ENDBR64.length : 0;
  if (bytes[at] === 0xf2) at++;
  const isJump = bytes[at] === 0xff && bytes[at + 1] === 0x25 && bytes.length >= at + 6;
  return isJump ? address + at + 6 + bytes.readInt32LE(at + 2) : undefined;
}

/** The addresses that code calls or jumps to directly, and some that only look like it. */
export function directTargets(code: Buffer, start: number, machine: number): readonly number[] {
  const targets = new Set<number>();
  if (machine === EM_AARCH64)
    for (let at = 0; at + 4 <= code.length; at += 4) {
      const instruction = code.readUInt32LE(at);
      if (((instruction >>> 26) & 0x1f) === 5) targets.add(start + at + ((instruction << 6) >> 4));
    }
  if (machine === EM_X86_64)
    for (let at = 0; at + 5 <= code.length; at++)
      if (code[at] === 0xe8 || code[at] === 0xe9) targets.add(start + at + 5 + code.readInt32LE(at + 1));
  return [...targets];
}

const ENDBR64 = [0xf3, 0x0f, 0x1e, 0xfa] as const;
/** `mov %rsp,%rbp`, in both of its encodings. */
const SETS_FRAME_POINTER = [
  [0x48, 0x89, 0xe5],
  [0x48, 0x8b, 0xec],
] as const;

/** Whether a whole function sets up a frame pointer; undefined where that is not known. */
export function setsFramePointer(code: Buffer, machine: number): boolean | undefined {
  return machine === EM_X86_64
    ? SETS_FRAME_POINTER.some((bytes) => code.includes(Buffer.from(bytes)))
    : undefined;
}

/** Whether a kernel that looks for it sees a function's entry here, and puts the caller into the stack itself. */
export function isKnownEntry(bytes: Buffer, machine: number): boolean {
  return machine === EM_X86_64 && (bytes[0] === 0x55 || startsWith(bytes, ENDBR64));
}

/** What follows the call of a thread's function in glibc: it keeps the result in the thread's descriptor. */
const KEEPS_RESULT = [0x64, 0x48, 0x89, 0x04, 0x25] as const;
/** What follows the call of `main`: `mov %eax,%edi`, and the call of `exit`. */
const EXITS = [0x89, 0xc7, 0xe8] as const;
export const LONGEST_AFTER_START = KEEPS_RESULT.length;

/** Whether the code after a call is that from which a process or a thread starts. */
export function isStart(after: Buffer, machine: number): boolean {
  return machine === EM_X86_64 && (startsWith(after, KEEPS_RESULT) || startsWith(after, EXITS));
}

function startsWith(bytes: Buffer, wanted: readonly number[]): boolean {
  return wanted.every((byte, i) => bytes[i] === byte);
}
