/** How a probe of a source gives its fields, and what is done there. */
import type { Alternative, Typed } from "../semantics/typed.js";
import type { Step } from "./plan.js";
import type { FieldReference } from "./substitute.js";

/** Maps a field to its value in one probe. */
export type Environment = (field: FieldReference) => Typed;

/** What is done in a probe. */
export interface Action {
  /** Tested before the steps are run. */
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
}

/** `provider` is the one that was chosen for the source. */
export type Handler = (environment: Environment, provider: Alternative) => Action;
