/**
 * Sets of names for numbers, by the name a query gives them: `flags gfp_t`, `enum madvise`.
 *
 * The kernel's own word comes first (an enum in its types, the names in its tracepoints' formats); only where
 * it has none do the names stand in for it that are its interface to programs.
 *
 * How a value is put into names, and which are left out, is `describeFlags` below.
 */
import { abiValues, type AbiSet } from "./abi-values.js";
import { lazy } from "../lazy.js";
import { systemCalls } from "./system-calls.js";
import type { Kernel, NamedValues } from "../kernel.js";

/** The set whose members are this machine's, and not the kernel's. */
export const DISK = "disk";

export interface NamedSet {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: "flags" | "enum";
  /** For documentation. */
  readonly about: string;
  /** As this very kernel has it. */
  readonly own?: (kernel: Kernel) => NamedValues | undefined;
  readonly abi?: AbiSet;
}

/** Sets with a name that is not simply that of an enum in the kernel; any of those can be named too. */
export const namedSets: readonly NamedSet[] = [
  {
    name: "gfp_t",
    aliases: ["gfp"],
    kind: "flags",
    about: "how the kernel may allocate: GFP_KERNEL, __GFP_ZERO",
    own: (kernel) => kernel.flags("gfp_t"),
  },
  {
    name: "vm_flags_t",
    aliases: ["vm_flags"],
    kind: "flags",
    about: "what a mapping is: VM_WRITE, VM_HUGEPAGE",
    own: (kernel) => kernel.flags("vm_flags_t"),
    abi: "vmFlags",
  },
  {
    name: "fault_flag",
    kind: "flags",
    about: "how a page fault came about: FAULT_FLAG_WRITE",
    own: (kernel) => kernel.enumeration("fault_flag"),
    abi: "faultFlag",
  },
  {
    name: "vm_fault_t",
    aliases: ["vm_fault_reason"],
    kind: "flags",
    about: "how a page fault ended: VM_FAULT_MAJOR",
    own: (kernel) => kernel.enumeration("vm_fault_reason"),
  },
  {
    name: "x86_pf_error_code",
    kind: "flags",
    about: "the processor's error code of a page fault: X86_PF_WRITE",
    own: (kernel) => kernel.enumeration("x86_pf_error_code"),
    abi: "pageFaultError",
  },
  { name: "prot", kind: "flags", about: "protection of a mapping: PROT_READ", abi: "prot" },
  { name: "map", kind: "flags", about: "flags of mmap: MAP_ANONYMOUS", abi: "map" },
  { name: "mremap", kind: "flags", about: "flags of mremap: MREMAP_MAYMOVE", abi: "mremap" },
  { name: "mlock", kind: "flags", about: "flags of mlock2: MLOCK_ONFAULT", abi: "mlock" },
  { name: "mlockall", kind: "flags", about: "flags of mlockall: MCL_FUTURE", abi: "mlockall" },
  { name: "shmget", aliases: ["shm"], kind: "flags", about: "flags of shmget: IPC_CREAT", abi: "shmget" },
  { name: "shmat", kind: "flags", about: "flags of shmat: SHM_RDONLY", abi: "shmat" },
  { name: "open", kind: "flags", about: "flags of open: O_DIRECT", abi: "open" },
  { name: "madvise", kind: "enum", about: "advice of madvise: MADV_DONTNEED", abi: "madvise" },
  { name: "shmctl", kind: "enum", about: "commands of shmctl: IPC_RMID", abi: "shmctl" },
  {
    name: "syscall",
    kind: "enum",
    about: "system calls by number: openat",
    own: (kernel) => (kernel.arch === "x86_64" ? callNumbers() : undefined),
  },
  {
    name: "tcp_state",
    kind: "enum",
    about: "states of a connection: TCP_ESTABLISHED",
    own: (kernel) => tcpStates(kernel),
  },
  {
    name: DISK,
    kind: "enum",
    about: "disks by name: vda (of the machine that runs; elsewhere by number)",
    own: (kernel) => kernel.disks?.() ?? new Map(),
  },
  {
    name: "rss",
    aliases: ["rss_member"],
    kind: "enum",
    about: "kinds of resident memory: MM_ANONPAGES",
    own: residentKinds,
    abi: "rss",
  },
];

const callNumbers = lazy(systemCalls);

function tcpStates(kernel: Kernel): NamedValues | undefined {
  const states = kernel.enumerationWith("TCP_ESTABLISHED");
  return states && new Map([...states].filter(([name]) => name !== "TCP_MAX_STATES"));
}

/** The names of a set; undefined when there is no such set. With `any`, `name` is a member's, and its set is found. */
export function namedValues(
  kernel: Kernel,
  kind: "flags" | "enum" | "any",
  name: string,
): NamedValues | undefined {
  if (kind === "any") return setWith(kernel, name);
  const set = namedSets.find((each) => each.name === name || each.aliases?.includes(name));
  if (set !== undefined) return set.kind === kind ? valuesOf(set, kernel) : undefined;
  return (kind === "flags" ? kernel.flags(name) : undefined) ?? kernel.enumeration(name);
}

function valuesOf(set: NamedSet, kernel: Kernel): NamedValues | undefined {
  return set.own?.(kernel) ?? (set.abi === undefined ? undefined : abiValues(set.abi, kernel.arch));
}

function setWith(kernel: Kernel, member: string): NamedValues | undefined {
  for (const set of namedSets) {
    // The kernel is asked only where the member can be: its answer may cost the reading of files.
    const likely =
      (set.abi !== undefined && abiValues(set.abi, kernel.arch)?.has(member)) ||
      (set.name === "gfp_t" && /^(?:__)?GFP_/.test(member));
    const values = likely ? valuesOf(set, kernel) : undefined;
    if (values?.has(member)) return values;
  }
  return kernel.enumerationWith(member);
}

function residentKinds(kernel: Kernel): NamedValues | undefined {
  const members = kernel.enumerationWith("MM_ANONPAGES");
  // The last one counts the others.
  return members && new Map([...members].filter(([name]) => !name.startsWith("NR_")));
}

/** Not a value but the room for one: they serve in conditions (`flags & MAP_TYPE`), and are never printed. */
const masks = new Set(["MAP_TYPE", "O_ACCMODE", "VM_FAULT_HINDEX_MASK"]);

/** A name of 0 that means something beside other flags too: the room that is then empty. */
const emptyRoom = new Map([["O_RDONLY", "O_ACCMODE"]]);

/**
 * A value of flags in names: `GFP_KERNEL|__GFP_ZERO`.
 *
 * Names of several bits go first, so that `GFP_KERNEL` is not taken apart, and the bits a name covers are spent;
 * of two names for the same bits the first declared is taken. Names of one bit follow, lowest first. Bits without
 * a name are added in hexadecimal. A name of 0 (`PROT_NONE`) is printed for 0 alone, but `O_RDONLY` whenever
 * neither of its rivals is set.
 */
export function describeFlags(values: NamedValues, value: bigint): string {
  const bits = BigInt.asUintN(64, value);
  const { flags, zeros } = flagNames(values);
  const zero = zeros.find(({ room }) => (bits & room) === 0n);
  const names = zero === undefined ? [] : [zero.name];
  let left = bits;
  for (const [name, flag] of flags) {
    if ((left & flag) !== flag) continue;
    names.push(name);
    left &= ~flag;
  }
  if (left !== 0n || names.length === 0) names.push(left === 0n ? "0" : `0x${left.toString(16)}`);
  return names.join("|");
}

export interface FlagNames {
  /** In the order in which they are looked for. */
  readonly flags: readonly (readonly [name: string, bits: bigint])[];
  /** Names of 0: the first is printed of which no bit of `room` is set. */
  readonly zeros: readonly { readonly name: string; readonly room: bigint }[];
}

/** What `describeFlags` goes by, for programs that describe flags themselves. */
export function flagNames(values: NamedValues): FlagNames {
  const all = 2n ** 64n - 1n;
  return {
    flags: [...values]
      .filter(([name, flag]) => flag > 0n && !masks.has(name))
      .sort(([, a], [, b]) => bitCount(b) - bitCount(a)),
    zeros: [...values]
      .filter(([, flag]) => flag === 0n)
      .map(([name]) => ({ name, room: values.get(emptyRoom.get(name) ?? "") ?? all })),
  };
}

/** A value of an enum by its name: the first declared of several; undefined where there is none. */
export function describeEnum(values: NamedValues, value: bigint, of: string): string | undefined {
  for (const [name, each] of values) if (each === value) return name;
  // The kernel keeps a device's number in 12 bits for the driver and 20 for the disk.
  return of === DISK ? `${value >> 20n}:${value & 0xf_ffffn}` : undefined;
}

function bitCount(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
