/**
 * Names and values of the kernel's stable ABI (include/uapi), which are the same in every version.
 * They are macros, so a running kernel does not list them. Values are those of x86-64.
 *
 * A set has only names that can be distinguished within one value; names of 0 come first.
 */

type Table = Readonly<Record<string, number>>;

/** Both `mmap` and `shmget` encode a huge page's size as its logarithm in the top bits. */
const hugeSizeShift = 26;
function hugeSize(logarithm: number): number {
  return logarithm * 2 ** hugeSizeShift;
}

// prettier-ignore
const prot: Table = {
  PROT_NONE: 0, PROT_READ: 0x1, PROT_WRITE: 0x2, PROT_EXEC: 0x4, PROT_SEM: 0x8,
  PROT_GROWSDOWN: 0x0100_0000, PROT_GROWSUP: 0x0200_0000,
};

// prettier-ignore
const map: Table = {
  MAP_FILE: 0, MAP_SHARED: 0x1, MAP_PRIVATE: 0x2, MAP_SHARED_VALIDATE: 0x3, MAP_DROPPABLE: 0x8, MAP_TYPE: 0xf,
  MAP_FIXED: 0x10, MAP_ANONYMOUS: 0x20, MAP_ANON: 0x20, MAP_32BIT: 0x40, MAP_ABOVE4G: 0x80, MAP_GROWSDOWN: 0x100,
  MAP_DENYWRITE: 0x800, MAP_EXECUTABLE: 0x1000, MAP_LOCKED: 0x2000, MAP_NORESERVE: 0x4000, MAP_POPULATE: 0x8000,
  MAP_NONBLOCK: 0x1_0000, MAP_STACK: 0x2_0000, MAP_HUGETLB: 0x4_0000, MAP_SYNC: 0x8_0000,
  MAP_FIXED_NOREPLACE: 0x10_0000, MAP_UNINITIALIZED: 0x400_0000,
  MAP_HUGE_2MB: hugeSize(21), MAP_HUGE_1GB: hugeSize(30),
};

// prettier-ignore
const madvise: Table = {
  MADV_NORMAL: 0, MADV_RANDOM: 1, MADV_SEQUENTIAL: 2, MADV_WILLNEED: 3, MADV_DONTNEED: 4, MADV_FREE: 8, MADV_REMOVE: 9,
  MADV_DONTFORK: 10, MADV_DOFORK: 11, MADV_MERGEABLE: 12, MADV_UNMERGEABLE: 13, MADV_HUGEPAGE: 14, MADV_NOHUGEPAGE: 15,
  MADV_DONTDUMP: 16, MADV_DODUMP: 17, MADV_WIPEONFORK: 18, MADV_KEEPONFORK: 19, MADV_COLD: 20, MADV_PAGEOUT: 21,
  MADV_POPULATE_READ: 22, MADV_POPULATE_WRITE: 23, MADV_DONTNEED_LOCKED: 24, MADV_COLLAPSE: 25,
  MADV_HWPOISON: 100, MADV_SOFT_OFFLINE: 101, MADV_GUARD_INSTALL: 102, MADV_GUARD_REMOVE: 103,
};

const mlock: Table = { MLOCK_ONFAULT: 1 };
const mlockall: Table = { MCL_CURRENT: 1, MCL_FUTURE: 2, MCL_ONFAULT: 4 };
const mremap: Table = { MREMAP_MAYMOVE: 1, MREMAP_FIXED: 2, MREMAP_DONTUNMAP: 4 };

/** The low nine bits are a file mode, which is printed as a number. */
// prettier-ignore
const shmget: Table = {
  IPC_CREAT: 0x200, IPC_EXCL: 0x400, SHM_HUGETLB: 0x800, SHM_NORESERVE: 0x1000,
  SHM_HUGE_2MB: hugeSize(21), SHM_HUGE_1GB: hugeSize(30),
};

const shmat: Table = { SHM_RDONLY: 0x1000, SHM_RND: 0x2000, SHM_REMAP: 0x4000, SHM_EXEC: 0x8000 };

// prettier-ignore
const shmctl: Table = {
  IPC_RMID: 0, IPC_SET: 1, IPC_STAT: 2, IPC_INFO: 3,
  SHM_LOCK: 11, SHM_UNLOCK: 12, SHM_STAT: 13, SHM_INFO: 14, SHM_STAT_ANY: 15,
};

// prettier-ignore
const open: Table = {
  O_RDONLY: 0, O_WRONLY: 0x1, O_RDWR: 0x2, O_ACCMODE: 0x3, O_CREAT: 0x40, O_EXCL: 0x80, O_NOCTTY: 0x100, O_TRUNC: 0x200,
  O_APPEND: 0x400, O_NONBLOCK: 0x800, O_DSYNC: 0x1000, FASYNC: 0x2000, O_DIRECT: 0x4000, O_LARGEFILE: 0x8000,
  O_DIRECTORY: 0x1_0000, O_NOFOLLOW: 0x2_0000, O_NOATIME: 0x4_0000, O_CLOEXEC: 0x8_0000, O_SYNC: 0x10_1000,
  O_PATH: 0x20_0000, O_TMPFILE: 0x41_0000,
};

/** The sets whose values differ on arm64. */
// prettier-ignore
const openOnArm: Table = {
  ...open, O_DIRECTORY: 0x4000, O_NOFOLLOW: 0x8000, O_DIRECT: 0x1_0000, O_LARGEFILE: 0x2_0000, O_TMPFILE: 0x40_4000,
};

const rss: Table = { MM_FILEPAGES: 0, MM_ANONPAGES: 1, MM_SWAPENTS: 2, MM_SHMEMPAGES: 3 };

/** The bits of the error code that the processor pushes for a page fault. */
// prettier-ignore
const pageFaultError: Table = {
  X86_PF_PROT: 0x1, X86_PF_WRITE: 0x2, X86_PF_USER: 0x4, X86_PF_RSVD: 0x8, X86_PF_INSTR: 0x10, X86_PF_PK: 0x20, X86_PF_SHSTK: 0x40,
};

/*
 * The next two are internal to the kernel and not a stable ABI. But their values have not changed in the versions
 * supported here, and older kernels do not describe the second at all. A name is wrong only if they change.
 */
// prettier-ignore
const faultFlag: Table = {
  FAULT_FLAG_WRITE: 0x1, FAULT_FLAG_MKWRITE: 0x2, FAULT_FLAG_ALLOW_RETRY: 0x4, FAULT_FLAG_RETRY_NOWAIT: 0x8,
  FAULT_FLAG_KILLABLE: 0x10, FAULT_FLAG_TRIED: 0x20, FAULT_FLAG_USER: 0x40, FAULT_FLAG_REMOTE: 0x80,
  FAULT_FLAG_INSTRUCTION: 0x100, FAULT_FLAG_INTERRUPTIBLE: 0x200,
};

// prettier-ignore
const vmFlags: Table = {
  VM_READ: 0x1, VM_WRITE: 0x2, VM_EXEC: 0x4, VM_SHARED: 0x8, VM_MAYREAD: 0x10, VM_MAYWRITE: 0x20, VM_MAYEXEC: 0x40,
  VM_MAYSHARE: 0x80, VM_GROWSDOWN: 0x100, VM_UFFD_MISSING: 0x200, VM_PFNMAP: 0x400, VM_UFFD_WP: 0x1000, VM_LOCKED: 0x2000,
  VM_IO: 0x4000, VM_SEQ_READ: 0x8000, VM_RAND_READ: 0x1_0000, VM_DONTCOPY: 0x2_0000, VM_DONTEXPAND: 0x4_0000,
  VM_LOCKONFAULT: 0x8_0000, VM_ACCOUNT: 0x10_0000, VM_NORESERVE: 0x20_0000, VM_HUGETLB: 0x40_0000, VM_SYNC: 0x80_0000,
  VM_WIPEONFORK: 0x200_0000, VM_DONTDUMP: 0x400_0000, VM_SOFTDIRTY: 0x800_0000, VM_MIXEDMAP: 0x1000_0000,
  VM_HUGEPAGE: 0x2000_0000, VM_NOHUGEPAGE: 0x4000_0000, VM_MERGEABLE: 0x8000_0000,
};

const generic = {
  prot,
  map,
  madvise,
  mlock,
  mlockall,
  mremap,
  shmget,
  shmat,
  shmctl,
  open,
  rss,
  faultFlag,
  vmFlags,
};

export type AbiSet = keyof typeof generic | "pageFaultError";

const x86: Readonly<Record<AbiSet, Table>> = { ...generic, pageFaultError };

const onlyX86 = ["MAP_32BIT", "MAP_ABOVE4G"];
const mapElsewhere = Object.fromEntries(Object.entries(map).filter(([name]) => !onlyX86.includes(name)));
const elsewhere = { ...generic, map: mapElsewhere };

const byArchitecture: Readonly<Record<string, Readonly<Partial<Record<AbiSet, Table>>>>> = {
  x86_64: x86,
  i686: x86,
  aarch64: { ...elsewhere, open: openOnArm, prot: { ...prot, PROT_BTI: 0x10, PROT_MTE: 0x20 } },
  riscv64: elsewhere,
  s390x: elsewhere,
  loongarch64: elsewhere,
};

/** Returns undefined for an architecture with other values that are not listed here. */
export function abiValues(set: AbiSet, arch: string): ReadonlyMap<string, bigint> | undefined {
  const table = byArchitecture[arch]?.[set];
  return table && new Map(Object.entries(table).map(([name, value]) => [name, BigInt(value)]));
}
