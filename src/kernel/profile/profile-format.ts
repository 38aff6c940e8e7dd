/**
 * The file format of kernel profiles, version 1: a kernel's description of itself, small enough to copy around.
 *
 *     faultline-profile 1\n          the magic string and the version
 *     {"id": …, "sections": […]}\n   the header, JSON on one line
 *     …                              the sections, one after another, each compressed with Brotli
 *
 * The header lists the sections. Each is read when it is needed, and each is optional.
 *
 *     btf                /sys/kernel/btf/vmlinux
 *     btf/MODULE         /sys/kernel/btf/MODULE, split BTF based on btf
 *     tracepoints        JSON: [["category:name", format], …] in the kernel's order, without what all formats share
 *     functions          available_filter_functions: lines of `name` or `name [module]`
 *     symbols            if that cannot be read, the functions in kallsyms: lines of `0 t name`
 *     config             the lines of the kernel's configuration that matter for tracing
 */
import { KernelError } from "../error.js";

export const PROFILE_VERSION = 1;
export const PROFILE_MARK = "faultline-profile ";

/** Limits in bytes. A header usually has a few kilobytes, and a section a few megabytes. */
export const LARGEST_HEADER = 1 << 20;
/** The limit on all sections uncompressed: the largest known has 11 MB, but a hundred bytes of Brotli can expand to that. */
const LARGEST_SUM = 64 << 20;
/** The limit on the whole file: compressed sections are never larger than this. */
export const LARGEST_PROFILE = LARGEST_SUM + LARGEST_HEADER;
const MOST_SECTIONS = 10_000;

export interface ProfileSection {
  readonly name: string;
  /** The compressed size in bytes. */
  readonly packed: number;
  /** The uncompressed size in bytes. */
  readonly size: number;
}

export interface ProfileHeader {
  /** The profile's name: `debian12`, or the name given when it was captured. */
  readonly id: string;
  /** `uname -r`. */
  readonly release: string;
  /** `uname -m`. */
  readonly arch: string;
  /** The page size in bytes. */
  readonly pageSize: number;
  /** The time of the capture: ISO 8601, UTC. */
  readonly captured: string;
  /** The version of the tracer on that machine; absent if there was none. */
  readonly bpftrace?: string;
  readonly attach: {
    readonly tracepoints: boolean;
    readonly kprobeInterface: boolean;
    readonly uprobeInterface: boolean;
    readonly functionList: "readable" | "denied" | "absent" | "unknown";
    /** Those of the functions needed for fentry that the kernel has. */
    readonly symbols: readonly string[];
  };
  readonly sections: readonly ProfileSection[];
}

const ARCHITECTURES = "x86_64 aarch64 aarch64_be arm armv7l i686 s390x ppc64le riscv64 loongarch64".split(
  " ",
);

function damaged(what: string): never {
  throw new KernelError(`this profile is damaged: ${what}`);
}

/** Parses the header and returns it with its length. `start` is the beginning of the file, as much as there is. */
export function readHeader(start: Uint8Array): { readonly header: ProfileHeader; readonly end: number } {
  const text = Buffer.from(start.buffer, start.byteOffset, start.length);
  const mark = text.subarray(0, PROFILE_MARK.length).toString("latin1");
  if (mark !== PROFILE_MARK)
    throw new KernelError("this is not a kernel profile: `faultline profile capture` makes one");
  const first = text.indexOf(0x0a);
  const version = first < 0 || first > 40 ? "" : text.subarray(PROFILE_MARK.length, first).toString("latin1");
  if (!/^[0-9]{1,6}$/.test(version)) damaged("its first line is cut off");
  if (Number(version) !== PROFILE_VERSION)
    throw new KernelError(
      `this profile has format ${version}, and this version of Faultline reads format ${PROFILE_VERSION}`,
    );
  const second = text.indexOf(0x0a, first + 1);
  if (second < 0) damaged("its header is cut off");
  let data: unknown;
  try {
    data = JSON.parse(text.subarray(first + 1, second).toString("utf8"));
  } catch {
    damaged("its header is not JSON");
  }
  return { header: checkHeader(data), end: second + 1 };
}

function checkHeader(data: unknown): ProfileHeader {
  const header = record(data, "its header");
  const text = (name: string, pattern: RegExp): string => {
    const value = header[name];
    return typeof value === "string" && pattern.test(value) ? value : damaged(`\`${name}\` is no good name`);
  };
  const attach = record(header["attach"], "`attach`");
  const truth = (name: string): boolean => {
    const value = attach[name];
    return typeof value === "boolean" ? value : damaged(`\`attach.${name}\` is not true or false`);
  };
  const functionList = attach["functionList"];
  const symbols = attach["symbols"];
  const { pageSize, sections, bpftrace } = header;
  if (!isFunctionList(functionList)) return damaged("`attach.functionList` is not known");
  if (!Array.isArray(symbols) || !symbols.every((s): s is string => typeof s === "string"))
    return damaged("`attach.symbols` is not a list of names");
  if (typeof pageSize !== "number" || ![12, 13, 14, 16].some((bits) => pageSize === 1 << bits))
    return damaged("`pageSize` is not the size of a page");
  if (!Array.isArray(sections) || sections.length > MOST_SECTIONS)
    return damaged("it has no list of sections");
  if (bpftrace !== undefined && (typeof bpftrace !== "string" || !/^[0-9.]{1,20}$/.test(bpftrace)))
    return damaged("`bpftrace` is not a version");
  const checked = sections.map(checkSection);
  if (checked.reduce((sum, { size }) => sum + size, 0) > LARGEST_SUM)
    throw new KernelError(
      `this profile would decompress to more than ${LARGEST_SUM >> 20} MB, more than any real one`,
    );
  const arch = text("arch", /^\w{1,20}$/);
  if (!ARCHITECTURES.includes(arch))
    throw new KernelError(`this profile is of an architecture (${arch}) that is not supported`);
  return {
    id: text("id", /^[\w.+@-]{1,100}$/),
    release: text("release", /^[\w.+~@-]{1,100}$/),
    arch,
    pageSize,
    captured: text("captured", /^[0-9TZ:.-]{1,30}$/),
    ...(bpftrace === undefined ? {} : { bpftrace }),
    attach: {
      tracepoints: truth("tracepoints"),
      kprobeInterface: truth("kprobeInterface"),
      uprobeInterface: truth("uprobeInterface"),
      functionList,
      symbols,
    },
    sections: checked,
  };
}

function isFunctionList(value: unknown): value is ProfileHeader["attach"]["functionList"] {
  return ["readable", "denied", "absent", "unknown"].some((word) => word === value);
}

function checkSection(value: unknown): ProfileSection {
  const { name, packed, size } = record(value, "a section");
  if (typeof name !== "string" || !/^[a-z]+(\/\w[\w.-]{0,100})?$/.test(name))
    return damaged("a section has no good name");
  const isSize = (n: unknown): n is number =>
    typeof n === "number" && Number.isSafeInteger(n) && n >= 0 && n <= LARGEST_SUM;
  if (!isSize(packed) || !isSize(size)) return damaged(`section ${name} has no possible size`);
  return { name, packed, size };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return damaged(`${what} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}
