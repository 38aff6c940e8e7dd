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
import * as v from "valibot";
import { checkedData, DataError, wholeNumber } from "../../files/checked-data.js";
import { KernelError } from "../error.js";
import { lazy } from "../../lazy.js";

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

/** Built on first use, so that a start that opens no profile does not pay for it. */
const headerSchema = lazy((): v.GenericSchema<unknown, ProfileHeader> => {
  const matching = (pattern: RegExp, fault: string) => v.pipe(v.string(), v.regex(pattern, fault));
  const name = (pattern: RegExp) => matching(pattern, "is not a valid name");
  const size = wholeNumber(`is not a size of at most ${LARGEST_SUM >> 20} MB`, LARGEST_SUM);
  return v.object({
    id: name(/^[\w.+@-]{1,100}$/),
    release: name(/^[\w.+~@-]{1,100}$/),
    arch: name(/^\w{1,20}$/),
    pageSize: v.picklist(
      [12, 13, 14, 16].map((bits) => 1 << bits),
      "is not the size of a page",
    ),
    captured: matching(/^[0-9TZ:.-]{1,30}$/, "is not a time"),
    bpftrace: v.exactOptional(matching(/^[0-9.]{1,20}$/, "is not a version")),
    attach: v.object({
      tracepoints: v.boolean(),
      kprobeInterface: v.boolean(),
      uprobeInterface: v.boolean(),
      functionList: v.picklist(["readable", "denied", "absent", "unknown"]),
      symbols: v.array(v.string()),
    }),
    sections: v.pipe(
      v.array(v.object({ name: name(/^[a-z]+(\/\w[\w.-]{0,100})?$/), packed: size, size })),
      v.maxLength(MOST_SECTIONS, `has more than ${MOST_SECTIONS} sections`),
    ),
  });
});

function checkHeader(data: unknown): ProfileHeader {
  const header = headerOf(data);
  if (header.sections.reduce((sum, { size }) => sum + size, 0) > LARGEST_SUM)
    throw new KernelError(
      `this profile would decompress to more than ${LARGEST_SUM >> 20} MB, more than any real one`,
    );
  if (!ARCHITECTURES.includes(header.arch))
    throw new KernelError(`this profile is of an architecture (${header.arch}) that is not supported`);
  return header;
}

function headerOf(data: unknown): ProfileHeader {
  try {
    return checkedData(headerSchema(), data);
  } catch (error) {
    if (error instanceof DataError) damaged(error.at === "" ? `its header ${error.fault}` : error.message);
    throw error;
  }
}
