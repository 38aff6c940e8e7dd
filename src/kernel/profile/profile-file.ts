/** A kernel read from a profile. At first only the header is read; a section is read when it is needed. */
import { brotliDecompressSync } from "node:zlib";
import { reason } from "../../diagnostics/system-error.js";
import { FileRefused, UntrustedFile } from "../../files/untrusted-file.js";
import { AssembledKernel, type KernelFiles } from "../assembled.js";
import type { AttachEvidence } from "../attach.js";
import { KernelError } from "../error.js";
import type { Kernel } from "../kernel.js";
import { lazy, remembered } from "../../lazy.js";
import { LARGEST_HEADER, LARGEST_PROFILE, readHeader, type ProfileHeader } from "./profile-format.js";

/** Opens a profile; throws a `KernelError` that says what is wrong with the file. */
export function openProfile(path: string): { readonly kernel: Kernel; readonly header: ProfileHeader } {
  const files = new ProfileFiles(path);
  return { kernel: new AssembledKernel(files), header: files.header };
}

class ProfileFiles implements KernelFiles {
  readonly header: ProfileHeader;
  readonly id: string;
  readonly release: string;
  readonly arch: string;
  readonly pageSize: number;
  readonly gaps: string[] = [];
  private readonly places: ReadonlyMap<
    string,
    { readonly at: number; readonly packed: number; readonly size: number }
  >;

  constructor(private readonly path: string) {
    const { start, size } = readStart(path);
    const { header, end } = readHeader(start);
    this.header = header;
    ({ id: this.id, release: this.release, arch: this.arch, pageSize: this.pageSize } = header);
    const places = new Map<string, { at: number; packed: number; size: number }>();
    let at = end;
    for (const section of header.sections) {
      places.set(section.name, { at, packed: section.packed, size: section.size });
      at += section.packed;
    }
    if (at !== size)
      throw new KernelError(
        `this profile is damaged: its sections end at ${at}, and the file has ${size} bytes${at > size ? ": it is cut off" : ""}`,
      );
    this.places = places;
  }

  evidence(): AttachEvidence {
    const { attach } = this.header;
    return {
      btf: this.places.has("btf"),
      tracepoints: attach.tracepoints,
      kprobeInterface: attach.kprobeInterface,
      uprobeInterface: attach.uprobeInterface,
      functionList: attach.functionList,
      config: this.text("config"),
      hasSymbol: (name) => attach.symbols.includes(name),
    };
  }

  btf(): Uint8Array | undefined {
    return this.section("btf");
  }

  moduleNames(): readonly string[] {
    return [...this.places.keys()].filter((n) => n.startsWith("btf/")).map((n) => n.slice(4));
  }

  moduleBtf(module: string): Uint8Array | undefined {
    return this.section(`btf/${module}`);
  }

  tracepointNames(): readonly string[] {
    return [...this.formats().keys()];
  }

  tracepointFormat(category: string, name: string): string | undefined {
    return this.formats().get(`${category}:${name}`);
  }

  traceable(): string | undefined {
    return this.text("functions");
  }

  readonly symbols = lazy(() => this.text("symbols"));

  private readonly formats = lazy((): ReadonlyMap<string, string> => {
    const text = this.text("tracepoints");
    if (text === undefined) return new Map();
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      data = undefined;
    }
    if (!Array.isArray(data) || !data.every(isPair))
      throw new KernelError("this profile is damaged: its tracepoints are not a list of names and formats");
    return new Map(data);
  });

  private text(name: string): string | undefined {
    const bytes = this.section(name);
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  }

  private readonly section = remembered((name: string): Uint8Array | undefined => {
    const place = this.places.get(name);
    if (!place) return undefined;
    try {
      const bytes = brotliDecompressSync(readAt(this.path, place.at, place.packed), {
        // A little Brotli data can expand to a lot, so decompression stops at the declared size.
        maxOutputLength: Math.max(place.size, 1),
      });
      if (bytes.length === place.size) return bytes;
    } catch (error) {
      if (error instanceof KernelError) throw error;
    }
    throw new KernelError(`this profile is damaged: section ${name} cannot be decompressed`);
  });
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === "string");
}

function readStart(path: string): { readonly start: Uint8Array; readonly size: number } {
  return withFile(path, (file) => ({
    start: file.read(0, Math.min(file.size, LARGEST_HEADER)),
    size: file.size,
  }));
}

function readAt(path: string, at: number, length: number): Uint8Array {
  return withFile(path, (file) => {
    if (at + length > file.size) throw new KernelError("this profile is damaged: it is cut off");
    return file.read(at, length);
  });
}

function withFile<T>(path: string, use: (file: UntrustedFile) => T): T {
  let file: UntrustedFile | undefined;
  try {
    file = UntrustedFile.open(path, { largest: LARGEST_PROFILE });
    return use(file);
  } catch (error) {
    if (error instanceof KernelError) throw error;
    const why = error instanceof FileRefused ? error.message : reason(error);
    throw new KernelError(`cannot read the profile ${path}: ${why}`);
  } finally {
    file?.close();
  }
}
