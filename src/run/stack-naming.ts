/** Resolves names of processes during a trace and records them: only this machine can resolve them. */
import type { Plan } from "../plan/plan.js";
import { hasCommandLines } from "../plan/user-stacks.js";
import { CommandLines } from "../symbols/command-lines.js";
import type { UserStacks } from "../symbols/user-stacks.js";
import type { DecodeOptions } from "../tracers/line-decoder.js";
import { processKey } from "../tracers/stack-names.js";
import type { Recorder } from "./run-options.js";

export function commandLinesOf(plan: Plan): CommandLines | undefined {
  return plan.results.some(hasCommandLines) ? new CommandLines(plan.process?.pid) : undefined;
}

export function processNaming(
  { stacks, lines }: { readonly stacks: UserStacks | undefined; readonly lines: CommandLines | undefined },
  recorder: Recorder | undefined,
): Pick<DecodeOptions, "nameStack" | "nameProcess" | "onCode"> {
  return {
    ...(stacks && {
      nameStack: (stack: string, pid?: number, depth?: number) => {
        const named = stacks.name(stack, pid, depth);
        if (named !== stack) recorder?.named({ stack, ...(pid === undefined ? {} : { pid }), named });
        return named;
      },
    }),
    ...(lines && {
      nameProcess: (number: number | bigint) => {
        const named = lines.name(number);
        recorder?.named({ stack: processKey(number), named });
        return named;
      },
    }),
    onCode: (message) => {
      if (message.what === "process" || message.what === "program") lines?.look(message.pid);
      stacks?.report(message);
    },
  };
}
