/** How a BCC program is run. */
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
  // It looks up those of a process once, and what has no name then the runner names.
  namesStacks: () => false,
  endsItself: true,
  missesInterrupts: () => false,
  alwaysReadsTracefs: () => false,
  classify: classifyBcc,
};
