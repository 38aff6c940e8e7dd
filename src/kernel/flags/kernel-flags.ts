/** Sets of flags that are internal to the kernel and change between versions, so they are read from the kernel. */
import { lowestFirst } from "../btf/btf.js";
import type { Kernel, NamedValues } from "../kernel.js";

type FlagSource = Pick<Kernel, "enumerationWith" | "arch"> & Required<Pick<Kernel, "fieldValues">>;

/** Tracepoints whose format prints every GFP flag, the most commonly available first. */
const gfpFields = [
  ["kmem", "kmalloc", "gfp_flags"],
  ["kmem", "kmem_cache_alloc", "gfp_flags"],
  ["kmem", "mm_page_alloc", "gfp_flags"],
  ["vmscan", "mm_vmscan_direct_reclaim_begin", "gfp_flags"],
  ["compaction", "mm_compaction_try_to_compact_pages", "gfp_mask"],
] as const;

/** Names in the enum that belong to other architectures: it is shared by all, and some reuse the same bits. */
const foreignToX86 = /^VM_(?:SAO|GROWSUP|SPARC_ADI|ARM64_BTI|ARCH_CLEAR|MAPPED_COPY|MTE|MTE_ALLOWED)$/;

export function kernelFlags(kernel: FlagSource, name: string): NamedValues | undefined {
  switch (name) {
    case "gfp_t":
      return gfpFlags(kernel);
    case "vm_flags_t":
      return vmFlags(kernel);
    default:
      return undefined;
  }
}

function gfpFlags(kernel: FlagSource): NamedValues | undefined {
  for (const [category, event, field] of gfpFields) {
    const found = kernel.fieldValues(category, event, field);
    if (found !== undefined) return found.values;
  }
  // Without tracepoints: since 6.10 at least the single bits are an enum (___GFP_ZERO_BIT).
  return ofBits(kernel.enumerationWith("___GFP_ZERO_BIT"), /^___GFP_(?!UNUSED|LAST)(\w+)_BIT$/, "__GFP_");
}

/** Since 7.0 the bits of `vm_flags` are an enum (VMA_READ_BIT); before, they are macros, which no type describes. */
function vmFlags(kernel: FlagSource): NamedValues | undefined {
  const all = ofBits(kernel.enumerationWith("VMA_READ_BIT"), /^VMA_(?!ARCH_|HIGH_ARCH_)(\w+)_BIT$/, "VM_");
  if (all === undefined || kernel.arch !== "x86_64") return all;
  return new Map([...all].filter(([name]) => !foreignToX86.test(name)));
}

function ofBits(
  positions: NamedValues | undefined,
  pattern: RegExp,
  prefix: string,
): NamedValues | undefined {
  if (positions === undefined) return undefined;
  const pairs: [string, bigint][] = [];
  for (const [name, position] of positions) {
    const stem = pattern.exec(name)?.[1];
    if (stem !== undefined && position >= 0n && position < 64n) pairs.push([prefix + stem, 1n << position]);
  }
  return new Map(lowestFirst(pairs));
}
