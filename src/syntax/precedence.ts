/** How strongly the operators bind; the parser and the printer share it. */

export const OR = 1;
export const AND = 2;
export const NOT = 3;
export const COMPARISON = 4;
export const SUM = 5;
export const PRODUCT = 6;

/** How strongly an infix operator binds; 0 for what is none. */
export function precedenceOf(operator: string): number {
  switch (operator) {
    case "or":
      return OR;
    case "and":
      return AND;
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "~":
    case "!~":
    case "has":
    case "in":
      return COMPARISON;
    case "+":
    case "-":
    case "|":
    case "^":
      return SUM;
    case "*":
    case "/":
    case "%":
    case "<<":
    case ">>":
    case "&":
      return PRODUCT;
    default:
      return 0;
  }
}
