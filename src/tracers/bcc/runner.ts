/** Runs BCC programs. */
import type { Runner } from "../runner.js";
import { classifyBcc } from "./failures.js";
import { findBcc, PYTHON_OPTIONS } from "./find.js";
import { createBccDecoder } from "./read.js";

export const bccRunner: Runner = {
  title: "BCC",
  find: findBcc,
  file: "query.py",
  arguments: (path) => [...PYTHON_OPTIONS, path],
  environment: {},
  loudCall: () => undefined,
  decoder: (script, options) => createBccDecoder(script.plan, options),
  reportsAttached: () => true,
  // BCC reads the symbols of a process once; the runner names what has no name then.
  namesStacks: () => false,
  endsItself: true,
  missesInterrupts: () => false,
  alwaysReadsTracefs: () => false,
  classify: classifyBcc,
};
