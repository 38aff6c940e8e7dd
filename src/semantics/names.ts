/** Collects the names in an expression. */
import type { Expression } from "../syntax/tree.js";

/** Returns every name that an expression mentions: possibly more than it needs, never fewer. */
export function namesIn(expression: Expression): string[] {
  return collect(expression, true);
}

/** Returns the names that are not members: `begin` and `size` for `begin.file + size`. */
export function bareNamesIn(expression: Expression): string[] {
  return collect(expression, false);
}

function collect(expression: Expression, withMembers: boolean): string[] {
  const go = (part: Expression): string[] => collect(part, withMembers);
  switch (expression.kind) {
    case "name":
      return [expression.text];
    case "member":
      return withMembers ? [...go(expression.object), expression.name.text] : go(expression.object);
    case "index":
      return [...go(expression.object), ...go(expression.index)];
    case "call":
      return expression.args.flatMap(go);
    case "binary":
      return [...go(expression.left), ...go(expression.right)];
    case "unary":
      return go(expression.operand);
    case "in":
      return [expression.subject, ...expression.choices].flatMap(go);
    case "conditional":
      return [expression.condition, expression.then, expression.otherwise].flatMap(go);
    case "parenthesized":
      return go(expression.inner);
    default:
      return [];
  }
}
