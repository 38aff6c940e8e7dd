/**
 * Sets of names for numbers, by the name a query gives them: `flags gfp_t`, `enum madvise`.
 *
 * The kernel's own description has priority (an enum in its types, the names in its tracepoint formats); only if
 * there is none are the names of its ABI used.
 *
 * `describeFlags` below decides how a value is written in names, and which names are left out.
 */
import { abiValues, type AbiSet } from "./abi-values.js";
import { lazy } from "../../lazy.js";
import { systemCalls } from "./system-calls.js";
import type { Kernel } from "../kernel.js";
import {
  CGROUP,
  CMDLINE,
  CONTAINER,
  DISK,
  GROUP,
  POD,
  USER,
  type NamedValues,
  type NumberedNames,
} from "../names.js";

export interface NamedSet {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: "flags" | "enum";
  /** A description for the documentation. */
  readonly about: string;
  /** The bits without a name are a mode of access, which everyone reads in octal. */
  readonly hasMode?: true;
  /** Returns the set as this kernel describes it. */
  readonly own?: (kernel: Kernel) => NamedValues | undefined;
  readonly abi?: AbiSet;
}

/** The sets whose name differs from that of an enum in the kernel; any enum can be named as well. */
export const namedSets: readonly NamedSet[] = [
  {
    name: "gfp_t",
    aliases: ["gfp"],
    kind: "flags",
    about: "allocation flags: GFP_KERNEL, __GFP_ZERO",
    own: (kernel) => kernel.flags("gfp_t"),
  },
  {
    name: "vm_flags_t",
    aliases: ["vm_flags"],
    kind: "flags",
    about: "flags of a mapping: VM_WRITE, VM_HUGEPAGE",
    own: (kernel) => kernel.flags("vm_flags_t"),
    abi: "vmFlags",
  },
  {
    name: "fault_flag",
    kind: "flags",
    about: "the cause of a page fault: FAULT_FLAG_WRITE",
    own: (kernel) => kernel.enumeration("fault_flag"),
    abi: "faultFlag",
  },
  {
    name: "vm_fault_t",
    aliases: ["vm_fault_reason"],
    kind: "flags",
    about: "the outcome of a page fault: VM_FAULT_MAJOR",
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
  {
    name: "shmget",
    aliases: ["shm"],
    kind: "flags",
    about: "flags of shmget: IPC_CREAT",
    abi: "shmget",
    hasMode: true,
  },
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
    about: "disks by name: vda (on the running machine only; otherwise by number)",
    own: (kernel) => kernel.disks?.() ?? new Map(),
  },
  {
    name: CGROUP,
    kind: "enum",
    about: "control groups by path (on the running machine only; otherwise by number)",
    own: (kernel) => kernel.cgroups?.()?.set(CGROUP) ?? new Map(),
  },
  {
    name: CONTAINER,
    kind: "enum",
    about: "containers, by the id or name in the path of a control group",
    own: (kernel) => kernel.cgroups?.()?.set(CONTAINER) ?? new Map(),
  },
  {
    name: POD,
    kind: "enum",
    about: "pods of Kubernetes, by the id in the path of a control group",
    own: (kernel) => kernel.cgroups?.()?.set(POD) ?? new Map(),
  },
  {
    name: USER,
    kind: "enum",
    about: "users by name: postgres (on the running machine only; otherwise by number, and root)",
    own: (kernel) => kernel.users?.() ?? ROOT,
  },
  {
    name: GROUP,
    kind: "enum",
    about: "groups by name: adm (on the running machine only; otherwise by number, and root)",
    own: (kernel) => kernel.groups?.() ?? ROOT,
  },
  {
    name: CMDLINE,
    kind: "enum",
    about: "processes, shown by their command lines",
    own: () => new Map(),
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

/** The user and the group that have the same number on every machine. */
const ROOT: NamedValues = new Map([["root", 0n]]);

const callNumbers = lazy(systemCalls);

function tcpStates(kernel: Kernel): NamedValues | undefined {
  const states = kernel.enumerationWith("TCP_ESTABLISHED");
  return states && new Map([...states].filter(([name]) => name !== "TCP_MAX_STATES"));
}

/** Returns the names of a set; undefined if there is no such set. With `any`, finds the set with the member `name`. */
export function namedValues(
  kernel: Kernel,
  kind: "flags" | "enum" | "any",
  name: string,
): NamedValues | undefined {
  if (kind === "any") return setWith(kernel, name);
  if (isPrintedSet(name)) return printedSet(kernel, kind, name);
  const set = setCalled(name);
  if (set !== undefined) return set.kind === kind ? valuesOf(set, kernel) : undefined;
  return (
    (kind === "flags" ? kernel.flags(name) : undefined) ??
    kernel.enumeration(name) ??
    // An enum without a name is known by one of its members.
    kernel.enumerationWith(name)
  );
}

/** By its name or another one. */
function setCalled(name: string): NamedSet | undefined {
  return namedSets.find((each) => each.name === name || each.aliases?.includes(name));
}

/** Whether a set is what the kernel prints for a field of a tracepoint: `category:event:field`. */
export function isPrintedSet(of: string): boolean {
  return of.includes(":");
}

function printedSet(kernel: Kernel, kind: "flags" | "enum", of: string): NamedValues | undefined {
  const [category = "", event = "", field = ""] = of.split(":");
  const found = kernel.fieldValues?.(category, event, field);
  return found?.kind === kind ? found.values : undefined;
}

/** Whether there is such a set. The kernel's own names, which may take long to read, are not needed where those of its ABI are known. */
export function isNamedSet(kernel: Kernel, kind: "flags" | "enum", name: string): boolean {
  const set = setCalled(name);
  const isOfAbi =
    set?.kind === kind && set.abi !== undefined && abiValues(set.abi, kernel.arch) !== undefined;
  return isOfAbi || namedValues(kernel, kind, name) !== undefined;
}

function valuesOf(set: NamedSet, kernel: Kernel): NamedValues | undefined {
  return set.own?.(kernel) ?? (set.abi === undefined ? undefined : abiValues(set.abi, kernel.arch));
}

function setWith(kernel: Kernel, member: string): NamedValues | undefined {
  for (const set of namedSets) {
    // The kernel is queried only for sets that can have the member, because a query may read files.
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
  // The last enumerator is a count of the others.
  return members && new Map([...members].filter(([name]) => !name.startsWith("NR_")));
}

/** Names of masks, not values: they can be used in conditions (`flags & MAP_TYPE`), and are never printed. */
const masks = new Set(["MAP_TYPE", "O_ACCMODE", "VM_FAULT_HINDEX_MASK"]);

/** The mask of the field in which a name of 0 is a value, so that it is meaningful beside other flags. */
const emptyRoom = new Map([["O_RDONLY", "O_ACCMODE"]]);

/**
 * Writes flags as names: `GFP_KERNEL|__GFP_ZERO`.
 *
 * Names of several bits are matched first, so that `GFP_KERNEL` is not split, and each match consumes its bits;
 * of two names for the same bits, the one declared first is used. Names of one bit follow, lowest first. Bits without
 * a name are added in hexadecimal, or in octal (`0644`) where the set `of` has a mode. A name of 0 (`PROT_NONE`) is
 * printed for 0 only, but `O_RDONLY` whenever neither of its alternatives is set.
 */
export function describeFlags(values: NamedValues, value: bigint, of = ""): string {
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
  if (left !== 0n) names.push(setCalled(of)?.hasMode ? `0${left.toString(8)}` : `0x${left.toString(16)}`);
  else if (names.length === 0) names.push("0");
  return names.join("|");
}

export interface FlagNames {
  /** The names in the order in which they are matched. */
  readonly flags: readonly (readonly [name: string, bits: bigint])[];
  /** The names of 0: the first one whose `room` (a mask) has no bit set is printed. */
  readonly zeros: readonly { readonly name: string; readonly room: bigint }[];
}

/** Returns the rules of `describeFlags`, for generated programs that describe flags themselves. */
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

/** Returns the name of an enum's value: the first declared of several; undefined if there is none. */
export function describeEnum(values: NamedValues, value: bigint, of: string): string | undefined {
  if ("nameOf" in values) return (values as NumberedNames).nameOf(value);
  for (const [name, each] of values) if (each === value) return name;
  // Names are texts to programs, so what has none is one as well.
  if (of === USER || of === GROUP) return String(value);
  // A device number in the kernel is 12 bits of major and 20 bits of minor number.
  return of === DISK ? `${value >> 20n}:${value & 0xf_ffffn}` : undefined;
}

function bitCount(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
