/** Writes the command of BCC's own tools that does what a query does, if there is one. */
import { isOpen } from "../../../plan/columns.js";
import type { Plan } from "../../../plan/plan.js";
import { BackendError } from "../../error.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import type { Script } from "../../script.js";
import { oneLine } from "../../one-line.js";
import { bashWord, type Recipe } from "./command.js";
import { funccount, stackcount } from "./counts.js";
import { argdist, funclatency } from "./distributions.js";
import { knownTool } from "./tools.js";
import { trace } from "./trace.js";

/** The first that fits is printed: special tools come before general ones. */
const RECIPES: readonly Recipe[] = [knownTool, stackcount, funccount, funclatency, argdist, trace];

export function emitOneliner(plan: Plan): Script {
  const reasons: string[] = [];
  for (const recipe of RECIPES) {
    const found = recipe(plan);
    if (typeof found === "string") reasons.push(found);
    if (typeof found !== "object") continue;
    const notes = found.notes.map((note) => `# ${oneLine(note)}\n`);
    return {
      form: "text",
      text: `${found.words.map(bashWord).join(" ")}\n${notes.join("")}`,
      plan,
      maps: new Map(),
      environment: {},
    };
  }
  throw new BackendError(
    `none of BCC's tools does just this: ${reasons.length > 0 ? reasons.join("; ") : whyNone(plan)}`,
  );
}

function whyNone(plan: Plan): string {
  if (plan.results.length > 1) return "they answer one question each";
  const [result] = plan.results;
  if (result?.kind === "line") return "none puts several sources in one line";
  if (result && isOpen(result)) return "of what is open, they know allocations alone";
  return "they count events by name or by stack, show the distribution of one number, or print a line an event";
}

/** The reason why the tools cannot name a probe, so that the planner takes another. */
export function toolGap({ type }: ProbePoint): string | undefined {
  return type === "rawtracepoint" || type === "fentry" || type === "fexit"
    ? "the tools of BCC have no name for it"
    : undefined;
}
