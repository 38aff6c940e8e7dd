/** What the statements of a probe are written with. */
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import type { Code, Test } from "../../code.js";
import type { Dialect } from "../versions.js";

/** Where an expression stands: its dialect, its probe, and what was written before it. */
export interface ProbeWriter {
  readonly dialect: Dialect;
  readonly point: ProbePoint | undefined;
  /** Statements that must run first. */
  readonly prelude: string[];
  /** A variable's name that this probe does not use yet. */
  fresh(stem: string): string;
  /** How the frames of user stacks are asked for. */
  readonly stackMode: string | undefined;
  /** Variables that hold what cannot be read in a loop, by the structure of the values. */
  held?: ReadonlyMap<string, string>;
  /** What a planner's local is called here. */
  local(name: string): string;
  write(value: Typed): Code;
  /** A field of what a span keeps. */
  readField(value: Typed & { readonly op: "state" }): Code;
  begunTest(value: Typed & { readonly op: "begun" }): Test;
  isUserMemory(value: Typed): boolean;
  /** A statement that counts a text of which it is not known whether it meets a condition. */
  countUnknown(why: UnknownText): string;
  /** `read`, or a variable that has it, where the probe asks for it again. */
  readOnce(
    value: Typed & { readonly op: "userWord" | "register" | "common" | "member" | "element" | "arithmetic" },
    stem: string,
    read: Code,
  ): Code;
}

/** Longer than what is compared, or not read: of memory that is not there, nothing can be told from an empty text. */
export type UnknownText = "cut" | "unread";
