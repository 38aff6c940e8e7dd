/** Assembles each process's mappings from the messages of the kernel-side program about code being mapped. */
import { statSync } from "node:fs";
import type { CodeMessage } from "../tracers/code-messages.js";
import { ElfFile } from "./elf.js";
import { realPath, type FileFinder } from "./file-finder.js";
import type { Layout, MappedFile } from "./layout.js";

/** `seen` is the time of the message, in milliseconds since 1970. */
type ReportedProgram = Extract<CodeMessage, { what: "program" }> & { readonly seen: number };
type ReportedLibrary = Extract<CodeMessage, { what: "library" }> & { readonly seen: number };

interface ReportedProcess {
  readonly program: ReportedProgram;
  readonly directories: string[];
  readonly libraries: ReportedLibrary[];
  layout?: Layout;
}

/** The limit on processes; the oldest are dropped. */
const MOST = 8192;
const MOST_LIBRARIES = 1024;

export class ReportedMappings {
  private readonly all: ReportedProcess[] = [];
  /** The directories of programs by inode, because they are reported only once for each. */
  private readonly directories = new Map<number, readonly string[]>();
  private readonly latest = new Map<number, ReportedProcess>();
  /** Incremented on each change of `layouts`. */
  version = 0;

  constructor(private readonly finder: FileFinder) {}

  /** Adds a message; returns false if its process's start was not reported. */
  add(message: CodeMessage): boolean {
    if (message.what === "program") return this.addProgram({ ...message, seen: Date.now() });
    const process = this.latest.get(message.pid);
    if (!process) return false;
    this.version++;
    if (message.what === "directory") {
      process.directories.push(message.name);
      this.directories.set(process.program.inode, process.directories);
    }
    if (message.what === "library" && process.libraries.length < MOST_LIBRARIES)
      process.libraries.push({ ...message, seen: Date.now() });
    delete process.layout;
    return true;
  }

  get layouts(): readonly Layout[] {
    return this.all.map((process) => (process.layout ??= this.layoutOf(process)));
  }

  private addProgram(program: ReportedProgram): true {
    this.version++;
    const process: ReportedProcess = { program, directories: [], libraries: [] };
    this.all.push(process);
    this.latest.set(program.pid, process);
    const oldest = this.all.length > MOST ? this.all.shift() : undefined;
    if (oldest && this.latest.get(oldest.program.pid) === oldest) this.latest.delete(oldest.program.pid);
    return true;
  }

  private layoutOf({ program, libraries }: ReportedProcess): Layout {
    return {
      pid: program.pid,
      mappings: [
        ...this.programMappings(program, this.directories.get(program.inode) ?? []),
        ...libraries.flatMap((each) => this.libraryMapping(each)),
      ],
    };
  }

  private libraryMapping({ name, inode, start, length, offset, seen }: ReportedLibrary): MappedFile[] {
    const path = this.finder.find(name, inode);
    return path === undefined ? [] : [{ path, start, end: start + length, offset, seen, isDeleted: false }];
  }

  /** Returns the mappings of the program and its interpreter, which the kernel creates itself. */
  private programMappings(program: ReportedProgram, directories: readonly string[]): MappedFile[] {
    const { name, inode, start, end, base, seen } = program;
    const path = this.finder.find(name, inode, directories);
    if (path === undefined) return [];
    const mapped = ElfFile.tryRead(path, (file) => {
      const code = file.segments.find(({ executable }) => executable);
      const own = code ? [{ path, start, end, offset: code.offset, seen, isDeleted: false }] : [];
      // In another root directory the path means another file.
      return base === 0 || !isOwnRoot(program.root) || file.interpreter === undefined
        ? own
        : [...own, ...interpreterMapping(file.interpreter, base, seen)];
    });
    return mapped ?? [];
  }
}

function interpreterMapping(interpreter: string, base: number, seen: number): MappedFile[] {
  const path = realPath(interpreter);
  if (path === undefined) return [];
  return ElfFile.read(path, ({ segments }) =>
    segments
      .filter(({ executable }) => executable)
      .map(({ offset, address, fileSize }) => ({
        path,
        start: base + address,
        end: base + address + fileSize,
        offset,
        seen,
        isDeleted: false,
      })),
  );
}

function isOwnRoot({ inode, device }: ReportedProgram["root"]): boolean {
  const { ino, dev } = statSync("/");
  // Converts from the device number's user-space encoding to the kernel's.
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return ino === inode && device === major * 2 ** 20 + minor;
}
