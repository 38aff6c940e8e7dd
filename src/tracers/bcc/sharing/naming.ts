/** What shared functions are called, and the comments about them. */
import { allSteps } from "../../../plan/needs.js";
import type { Plan, Step } from "../../../plan/plan.js";
import type { Pattern } from "./generalize.js";
import type { JoinedStates } from "./joined-states.js";

/** What steps do, as a name and in words. */
interface Deed {
  readonly name: string;
  readonly comment: string;
}

export function deedOf({ steps, states }: Pattern, joined: JoinedStates, plan: Plan): Deed {
  const isOfKind = (step: Step): boolean => "state" in step && states.includes(step.state);
  const all = allSteps([{ steps }]).flatMap((step) => deedOfStep(step, isOfKind(step), joined, plan) ?? []);
  // An event that ends one span and begins another is called after the one that is of several kinds.
  const end = all.find(({ isEnd, ofKinds }) => isEnd && ofKinds);
  const first = end ?? all.filter(({ isEnd }) => !isEnd).at(-1) ?? all[0];
  if (!first) return { name: "shared_steps", comment: "what several probes do" };
  const others = all.filter((deed) => deed !== end).map(({ comment }) => comment);
  const comment = end && others.length > 0 ? `at the ${end.what}: ${others.join("; ")}` : first.comment;
  return { name: first.name, comment };
}

interface DeedOfStep extends Deed {
  readonly isEnd: boolean;
  readonly ofKinds: boolean;
  /** `end of a call of any kind`. */
  readonly what: string;
}

function deedOfStep(step: Step, ofKinds: boolean, joined: JoinedStates, plan: Plan): DeedOfStep | undefined {
  const plain = { isEnd: false, ofKinds, what: "" };
  switch (step.do) {
    case "store":
    case "add":
    case "remove": {
      const stem = joined.stemOf(step.state);
      const span = ofKinds ? `a ${stem} of any kind` : stem;
      if (step.do === "store")
        return { ...plain, name: `begin_${stem}`, comment: `record the start of ${span}` };
      if (step.do === "add")
        return { ...plain, name: `add_to_${stem}`, comment: `add to the sums of ${span}` };
      const comment = `delete the record of the ended ${stem}`;
      return { name: `end_${stem}`, comment, isEnd: true, ofKinds, what: `end of ${span}` };
    }
    case "aggregate":
    case "emit": {
      const source = plan.results[step.result]?.asked[0]?.source ?? "event";
      return step.do === "emit"
        ? { ...plain, name: `send_${source}`, comment: `print each event of ${source}` }
        : { ...plain, name: `count_${source}`, comment: `aggregate the events of ${source}` };
    }
    case "change":
    case "let":
    case "times":
    case "unmatched":
    case "unseen":
    case "when":
      return undefined;
  }
}
