/** What differs between the tracers that can be run: how each is called, read, and how it fails. */
import semver from "semver";
import type { Script } from "./script.js";
import { createBccDecoder } from "./bcc/read.js";
import { classifyBcc } from "./bcc/failures.js";
import { ATTACHED_NOTICE, createDecoder } from "./bpftrace/read/decode.js";
import type { DecodeOptions, LineDecoder } from "./line-decoder.js";
import { classify, REFUSED, type Ending, type TracerError } from "../run/failure.js";
import { PYTHON_OPTIONS, type Tracer } from "../run/find-tracer.js";

export interface TracerKind {
  /** In messages, and in recordings. */
  readonly name: "bpftrace" | "BCC";
  /** The file that the script is written to. */
  readonly file: string;
  /** What it is started with. */
  arguments(path: string): readonly string[];
  /** With what it tells all that the kernel says, where it did not. Undefined: it did, or that would not help. */
  loudArguments(path: string, stderr: string): readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  decoder(script: Script, options: DecodeOptions): LineDecoder;
  /** Whether its message about attached probes comes when they are. */
  saysWhenAttached(version: string): boolean;
  /** Whether it looks up the names of user stacks itself, which takes its time. */
  namesStacks(version: string): boolean;
  /** Whether its scripts end by themselves after the plan's duration; else the runner ends them. */
  readonly endsItself: boolean;
  /** Whether it may miss an interrupt that comes while it is busy. */
  missesInterrupts(version: string): boolean;
  classify(ending: Ending): TracerError;
}

/** From this version on the message about attached probes comes when they are. */
const ATTACHED_IS_TRUE = "0.24.0";
/** From this version on stacks are asked for as addresses. */
const NAMES_LAZILY = "0.18.0";
/** From this version on it ends by itself whenever SIGINT comes. */
const WAKES_BY_ITSELF = "0.20.0";

export const BPFTRACE: TracerKind = {
  name: "bpftrace",
  file: "query.bt",
  arguments: (path) => ["-f", "json", path],
  loudArguments: (path, stderr) => (REFUSED.test(stderr) ? ["-v", path] : undefined),
  environment: { [ATTACHED_NOTICE]: "1" },
  decoder: createDecoder,
  namesStacks: (version) => semver.lt(version, NAMES_LAZILY),
  saysWhenAttached: (version) => semver.gte(version, ATTACHED_IS_TRUE),
  missesInterrupts: (version) => semver.lt(version, WAKES_BY_ITSELF),
  endsItself: false,
  classify,
};

export const BCC: TracerKind = {
  name: "BCC",
  file: "query.py",
  arguments: (path) => [...PYTHON_OPTIONS, path, "--json"],
  loudArguments: () => undefined,
  environment: {},
  decoder: (script, options) => createBccDecoder(script.plan, options),
  // It looks up those of a process once, and what has no name then the runner names.
  namesStacks: () => false,
  saysWhenAttached: () => true,
  missesInterrupts: () => false,
  endsItself: true,
  classify: classifyBcc,
};

export function kindOf(tracer: Tracer): TracerKind {
  return tracer.kind === "bcc" ? BCC : BPFTRACE;
}
