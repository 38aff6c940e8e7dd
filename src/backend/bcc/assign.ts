/** Filling the program's own structs. */
import type { Typed } from "../../semantics/typed.js";
import { BackendError } from "../error.js";
import { test, wide, write } from "./expression.js";
import type { Field } from "./fields.js";
import { memberOf } from "./state-access.js";
import { probeNumber, writeText } from "./text-value.js";
import type { Writer } from "./writer.js";

/** Calculates a value; what is returned writes the statements that put it into its place. */
export function assignment(
  { kept }: Field,
  value: Typed,
  place: string,
  writer: Writer,
): () => readonly string[] {
  const stack = (space: "user" | "kernel"): string => {
    writer.program.hasStacks = true;
    writer.program.use(space === "user" ? "user_stack" : "stack_of");
    return space === "user" ? `user_stack_of(${writer.context})` : `stack_of(${writer.context}, 0)`;
  };
  if (value.op === "state" && kept.as !== "integer" && kept.as !== "text") {
    const { pointer, member } = memberOf(value, writer);
    const line = `${place} = ${member};`;
    return () => (writer.isSafe(pointer) ? [line] : [`if (${pointer})`, `    ${line}`]);
  }
  switch (kept.as) {
    case "text":
      return writeText(value, place, writer);
    case "probe": {
      const number = probeNumber(writer);
      return () => [`${place} = ${number};`];
    }
    case "kernelStack":
    case "userStack": {
      if (value.op !== "common") throw new BackendError("BCC can take a stack only where it is asked for");
      const taken = stack(kept.as === "userStack" ? "user" : "kernel");
      return () => [`${place} = ${taken};`];
    }
    case "userSymbol": {
      writer.program.use("user_symbol");
      const address = wide(value, false, writer);
      return () => [`${place} = user_symbol_of(${address});`];
    }
    case "integer": {
      const text = kept.ctype === "u8" ? test(value, writer) : write(value, writer);
      return () => [`${place} = ${text};`];
    }
  }
}

/** Declares a struct without garbage in its gaps, and fills it. */
export function assign(
  struct: string,
  name: string,
  given: readonly { readonly field: Field; readonly value: Typed }[],
  writer: Writer,
): void {
  const fill = given.map(({ field, value }) => assignment(field, value, `${name}.${field.name}`, writer));
  writer.add(`${struct} ${name};`, `__builtin_memset(&${name}, 0, sizeof(${name}));`);
  for (const each of fill) writer.add(...each());
}
