/** `ustack(5)`: a stack of so many frames at most. */
import { write } from "../../diagnostics/advice.js";
import type { CallExpression } from "../../syntax/tree.js";
import { fail, type Context, type Scope } from "../context.js";
import type { Typed } from "../typed.js";

/** The stacks that may be called with a depth. */
export const STACKS: readonly string[] = ["ustack", "kstack"];
/** As many frames as the kernel's callers walk by themselves. */
export const DEEPEST = 127n;

export function isStackCall({ callee }: CallExpression): boolean {
  return STACKS.includes(callee.text);
}

export function stackOfDepth({ callee, args, span }: CallExpression, scope: Scope, context: Context): Typed {
  const name = callee.text;
  const stack = scope.lookUp(name, context, callee.span);
  if (stack?.type.kind === "error") return stack;
  if (stack?.type.kind !== "stack" || (stack.op !== "field" && stack.op !== "common"))
    return fail(
      context,
      callee.span,
      "unknown-function",
      `there is no function \`${name}\`, and here \`${name}\` is no stack that could have a depth`,
    );
  const [only, ...more] = args;
  const depth =
    only?.kind === "number" && only.unit === undefined && only.denominator === 1n
      ? only.numerator
      : undefined;
  if (depth === undefined || more.length > 0 || depth < 1n || depth > DEEPEST)
    return fail(
      context,
      (more.length === 0 ? only?.span : undefined) ?? span,
      "stack-depth",
      `the depth of a stack is a whole number from 1 to ${DEEPEST}: how many frames to take, the innermost first`,
      write(span, [`${name}(5)`, name]),
    );
  const type = { ...stack.type, depth: Number(depth) };
  return stack.op === "common" ? { ...stack, type, depth: Number(depth) } : { ...stack, type };
}
