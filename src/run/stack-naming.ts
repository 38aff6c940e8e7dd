/** Resolves names for user stacks during a trace and records them: only this machine can resolve them. */
import type { UserStacks } from "../symbols/user-stacks.js";
import type { DecodeOptions } from "../tracers/line-decoder.js";
import type { Recorder } from "./run-options.js";

export function stackNaming(
  stacks: UserStacks,
  recorder: Recorder | undefined,
): Pick<DecodeOptions, "nameStack" | "onCode"> {
  return {
    nameStack: (stack, pid, depth) => {
      const named = stacks.name(stack, pid, depth);
      if (named !== stack) recorder?.named({ stack, ...(pid === undefined ? {} : { pid }), named });
      return named;
    },
    onCode: (message) => stacks.report(message),
  };
}
