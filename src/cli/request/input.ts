/** What the user asks for (a query, a file, a tool) and what it is compiled for. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  bundledKernel,
  bundledNames,
  compile,
  DEFAULT_KERNEL,
  renderDiagnostics,
  standardLibrary,
  type BackEndName,
  type Compiled,
  type CompileOptions,
  type Diagnostic,
  type Kernel,
} from "../../index.js";
import type { Source } from "../../diagnostics/diagnostic.js";
import { reason } from "../../diagnostics/system-error.js";
import { isOthersLink, readNamed, readUntrusted } from "../../files/untrusted-file.js";
import { AMENDABLE, type Amendments } from "../../syntax/amend.js";
import { ImportRefused } from "../../semantics/import-refused.js";
import { parse } from "../../syntax/parser/parser.js";
import { quoteString } from "../../syntax/print/print-expression.js";
import type { ToolDefinition } from "../../syntax/tree.js";
import { wantsColor } from "../../view/color.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { packageFile } from "../package-files.js";
import { checkName, isAlone, UnknownOption } from "./mistyped.js";
import { readStandardInput } from "./standard-input.js";
import { readToolOptions } from "./tool-options.js";

export { reason };

export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A query is a line; a file of queries is some pages. */
export const LARGEST_FILE = 8 * 1024 * 1024;

export interface Request {
  readonly text: string;
  readonly options: CompileOptions;
}

/** Words given one by one are one query, as if they had been quoted; a tool has its own options among them. */
export function readRequest(what: readonly string[], flags: Flags): Request {
  const { text, options } = readWhat(what, flags);
  const amendments = readAmendments(flags);
  return { text, options: { ...options, ...(amendments ? { amendments } : {}) } };
}

function readWhat(what: readonly string[], flags: Flags): Request {
  const [position, tool] = findTool(what);
  if (tool) {
    const own = readToolOptions(tool, what.toSpliced(position, 1));
    return {
      text: "",
      options: { tool: { name: tool.name.text, arguments: { ...settings(flags), ...own } } },
    };
  }
  if (typeof flags.tool === "string") return readToolOfFile(what, flags.tool, flags);
  const words = what.join(" ").trim();
  if (words === "")
    throw new CliError(
      "there is no query",
      EXIT.usage,
      "for example: faultline 'faults by comm, pid for 5s'",
    );
  const option = what.find((word) => /^--?[a-z]/i.test(word));
  if (option !== undefined) throw new UnknownOption(option, `there is no option \`${option}\``);
  if (flags.set !== undefined) throw new CliError("--set is for the options of a tool", EXIT.usage);
  if (words === "-") return fromStandardInput();
  if (/\.fl$/.test(words) || (what.length === 1 && /^\.{0,2}\//.test(words))) return readFile(words);
  checkName(what);
  return { text: words, options: { name: "query" } };
}

/** The library's tool among the words, if one is meant. */
export function toolNamed(what: readonly string[]): ToolDefinition | undefined {
  return findTool(what)[1];
}

/** The same, and where it stands. */
function findTool(what: readonly string[]): readonly [number, ToolDefinition | undefined] {
  const library = standardLibrary();
  const position = what.findIndex((word) => /^\w+$/.test(word) && library.tool(word) !== undefined);
  // In a query such a word is a source that is not one, or a name beside one.
  if (position < 0 || !isAlone(what, position) || what.slice(0, position).some((w) => !w.startsWith("-")))
    return [0, undefined];
  return [position, library.tool(what[position] ?? "")?.definition];
}

/** `faultline run FILE --tool NAME`: a tool that the file defines. */
function readToolOfFile(what: readonly string[], name: string, flags: Flags): Request {
  const [path, ...words] = what;
  if (path !== "-" && path?.endsWith(".fl") !== true)
    throw new CliError("--tool names a tool that a .fl file defines");
  const request = path === "-" ? fromStandardInput() : readFile(path);
  const found = parse({ name: path, text: request.text }).file.items.find(
    (item) => item.kind === "tool" && item.name.text === name,
  );
  const own = found?.kind === "tool" ? readToolOptions(found, words) : {};
  return {
    ...request,
    options: { ...request.options, tool: { name, arguments: { ...settings(flags), ...own } } },
  };
}

/** `--by disk`, `--every 5s` and the like; `--comm nginx` is a condition. */
function readAmendments(flags: Flags): Amendments | undefined {
  const given: [string, string][] = AMENDABLE.flatMap((clause) => {
    const text = flags[clause];
    return typeof text === "string" ? [[clause, text]] : [];
  });
  if (typeof flags.comm === "string") {
    const test = `comm ~ ${quoteString(flags.comm)}`;
    const where = given.find(([clause]) => clause === "where");
    if (where) where[1] = `(${where[1]}) and ${test}`;
    else given.push(["where", test]);
  }
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function fromStandardInput(): Request {
  return { text: readStandardInput(LARGEST_FILE), options: { name: "standard input" } };
}

function readFile(path: string): Request {
  return { text: readText(path), options: { name: path, resolveImport } };
}

/** Queries that the user names. Throws a `CliError`. */
export function readText(path: string): string {
  try {
    return readNamed(path, { largest: LARGEST_FILE }).toString("utf8");
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${reason(error)}`);
  }
}

function resolveImport(path: string, from: Source): Source | undefined {
  const full = resolve(dirname(from.name), path);
  if (!existsSync(full)) return undefined;
  // What is imported is named by the file, which may be someone else's: their links lead nowhere.
  if (isOthersLink(full)) throw new ImportRefused("it is a link that another user made");
  try {
    return { name: full, text: readUntrusted(full, { largest: LARGEST_FILE }).toString("utf8") };
  } catch (error) {
    throw new ImportRefused(reason(error));
  }
}

function settings(flags: Flags): Record<string, string> {
  const given = Array.isArray(flags.set) ? (flags.set as readonly string[]) : [];
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new CliError(`\`--set ${pair}\` is not NAME=VALUE`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export function wholeNumber(flags: Flags, name: string, least = 1): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const value = typeof text === "string" && /^[0-9]{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value < 2 ** 31) return value;
  throw new CliError(
    `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} needs a whole number of ${least} or more, not \`${String(text)}\``,
  );
}

/** A back end by its name; `of` are those that there are here. */
export function backEndName<Name extends BackEndName>(
  wanted: Flags[string],
  flag: string,
  of: readonly Name[],
): Name {
  const found = of.find((name) => name === (wanted ?? "bpftrace"));
  if (found) return found;
  throw new CliError(`${flag}: there is no \`${String(wanted)}\``, EXIT.usage, `there are ${of.join(", ")}`);
}

export interface TargetKernel {
  readonly kernel: Kernel;
  /** Said to the user when it is not what they may expect. */
  readonly note?: string;
  /** All of it, where `kernel` knows only what the standard library asks. */
  readonly whole?: () => Kernel;
  /** The versions of the tracers on that machine, where they are known. */
  readonly bpftrace?: string;
  readonly bcc?: string;
}

/** The kernel that is compiled for: by default this machine's. */
export async function targetKernel(flags: Flags): Promise<TargetKernel> {
  const wanted = flags.kernel;
  if (wanted === "live" || (wanted === undefined && process.platform === "linux")) {
    const { openLiveKernel } = await import("../../kernel/live/live-kernel.js");
    return { kernel: openLiveKernel() };
  }
  if (wanted === undefined)
    return {
      ...(await bundledTarget(DEFAULT_KERNEL)),
      note: `this is not Linux, so the script is for ${DEFAULT_KERNEL}: choose with --kernel`,
    };
  if (typeof wanted === "string" && bundledNames.includes(wanted)) return bundledTarget(wanted);
  if (typeof wanted === "string" && (wanted.includes("/") || existsSync(wanted))) {
    const { openProfile } = await import("../../kernel/profile/profile-file.js");
    const { kernel, header } = openProfile(wanted);
    return { kernel, ...(header.bpftrace === undefined ? {} : { bpftrace: header.bpftrace }) };
  }
  throw new CliError(
    `there is no kernel profile \`${String(wanted)}\``,
    EXIT.usage,
    `there are live, ${bundledNames.join(", ")}, or a file that \`faultline profile capture\` made`,
  );
}

export async function bundledTarget(name: string): Promise<TargetKernel> {
  const { openProfile } = await import("../../kernel/profile/profile-file.js");
  const version = SHIPPED[name];
  return {
    kernel: bundledKernel(name),
    whole: () => openProfile(packageFile(`profiles/${name}.profile`)).kernel,
    ...(version ?? {}),
  };
}

/** Compiles for the target, with all that is known of its kernel where the usual part of it does not do. */
export function compileFor(target: TargetKernel, text: string, options: CompileOptions): Compiled {
  const compiled = compile(text, { ...options, kernel: target.kernel });
  const isSure = compiled.script !== undefined && target.kernel.wasShort?.() !== true;
  return isSure || !target.whole ? compiled : compile(text, { ...options, kernel: target.whole() });
}

/** The tracers that each bundled target ships. */
const SHIPPED: Readonly<Record<string, Readonly<Record<"bpftrace" | "bcc", string>>>> = {
  debian12: { bpftrace: "0.17.0", bcc: "0.26.0" },
  debian13: { bpftrace: "0.23.2", bcc: "0.31.0" },
  sid: { bpftrace: "0.27.1", bcc: "0.37.0" },
};

/** The version that is compiled for: as asked, as the target ships it, or as installed here. */
export async function targetVersion(
  flags: Flags,
  target: TargetKernel,
  of: "bpftrace" | "bcc" = "bpftrace",
): Promise<string | undefined> {
  const asked = flags[of];
  if (typeof asked === "string") return asked;
  if (target[of] !== undefined) return target[of];
  // Asking Python for its BCC takes a second, and what is written is the same for all versions.
  if (of === "bcc") return undefined;
  const { findTracer } = await import("../../run/find-tracer.js");
  try {
    return (await findTracer()).version;
  } catch {
    return undefined;
  }
}

/** Diagnostics go to standard error, in colour where that is a terminal. */
export async function printDiagnostics(diagnostics: readonly Diagnostic[]): Promise<void> {
  if (diagnostics.length === 0) return;
  const { default: colours } = await import("picocolors");
  const paint = colours.createColors(wantsColor(process.stderr));
  process.stderr.write(
    renderDiagnostics(diagnostics, {
      error: (t) => paint.bold(paint.red(t)),
      warning: (t) => paint.bold(paint.yellow(t)),
      faint: paint.dim,
    }),
  );
}
