/** Builds expressions of the syntax tree from the grammar's flat lists of operations, by precedence. */
import type { IToken } from "chevrotain";
import type {
  CallCstNode,
  ChoiceCstNode,
  ExpressionCstNode,
  FirstColumnCstNode,
  MembershipCstNode,
  OperandCstNode,
  OperationCstNode,
  PrimaryCstNode,
  SuffixCstNode,
} from "../grammar/cst.js";
import { W } from "../grammar/tokens.js";
import { COMPARISON, NOT, precedenceOf, UNARY, WEAKEST } from "../precedence.js";
import type { BinaryOperator, Expression } from "../tree.js";
import { decodeNumber, decodeProbe, decodeString } from "./literals.js";
import { first, heightAbove, join, leaveOut, nameOf, spanOfNode, type BuildContext } from "./nodes.js";
import { insert } from "../../diagnostics/advice.js";
import { quote } from "./reporter.js";
import { spanOf } from "./token-stream.js";

/** An expression, with the height of its tree. */
interface Built {
  readonly node: Expression;
  readonly height: number;
}

interface Operand {
  readonly prefixes: readonly IToken[];
  readonly built: Built;
}

interface Operation {
  /** `in` stands for `in` and `not in`. */
  readonly operator: string;
  readonly token: IToken;
  readonly operand?: Operand;
  readonly membership?: MembershipCstNode;
}

export function buildExpression(node: ExpressionCstNode, context: BuildContext): Expression {
  return built(node, context).node;
}

function built({ children }: ExpressionCstNode, context: BuildContext): Built {
  const start = operandOf(first(children.operand), context);
  return chosen(fold(start, children.operation, context), children.choice, context);
}

/** Builds the first column of aggregates: an expression that starts with a call. */
export function buildFirstExpression({ children }: FirstColumnCstNode, context: BuildContext): Expression {
  const call = suffixed(builtCall(first(children.call), context), children.suffix, context);
  const start: Operand = { prefixes: [], built: call };
  return chosen(fold(start, children.operation, context), children.choice, context).node;
}

function chosen(
  condition: Built,
  choices: readonly ChoiceCstNode[] | undefined,
  context: BuildContext,
): Built {
  const choice = choices?.[0];
  if (choice === undefined) return condition;
  const { expression, Question } = choice.children;
  const then = built(first(expression), context);
  const otherwise = built(first(expression.slice(1)), context);
  const span = join(condition.node, otherwise.node);
  const place = spanOf(first(Question));
  return {
    node: {
      kind: "conditional",
      span,
      condition: condition.node,
      then: then.node,
      otherwise: otherwise.node,
    },
    height: heightAbove([condition.height, then.height, otherwise.height], place, context),
  };
}

// ---------------------------------------------------------------- operations

function fold(start: Operand, nodes: readonly OperationCstNode[] | undefined, context: BuildContext): Built {
  if (nodes === undefined && start.prefixes.length === 0) return start.built;
  return new PrecedenceClimber(
    (nodes ?? []).map((node) => operationOf(node, context)),
    context,
  ).binary(start, 0, WEAKEST);
}

function operationOf({ children }: OperationCstNode, context: BuildContext): Operation {
  const membership = children.membership?.[0];
  if (membership !== undefined) return { operator: "in", token: first(membership.children.In), membership };
  const token = first(children.Operator);
  return { operator: token.image, token, operand: operandOf(first(children.operand), context) };
}

/** Combines operands and operations by precedence climbing. */
class PrecedenceClimber {
  private next = 0;

  constructor(
    private readonly operations: readonly Operation[],
    private readonly context: BuildContext,
  ) {}

  /** Combines `operand`, without its first `skipped` prefixes, with the operations after it that bind strongly enough. */
  binary(operand: Operand, skipped: number, least: number): Built {
    let left = this.unary(operand, skipped, least);
    let compared: { left: Expression; operator: string; right: Expression } | undefined;
    for (let operation = this.operations[this.next]; operation; operation = this.operations[this.next]) {
      const { operator, token } = operation;
      const power = precedenceOf(operator);
      if (power < least) return left;
      if (power === COMPARISON && compared !== undefined) this.reportChain(compared, operation);
      this.next++;
      if (operation.operand === undefined) {
        left = this.membership(left, operation.membership);
        continue;
      }
      const right = this.binary(operation.operand, 0, power + 1);
      if (power === COMPARISON) compared = { left: left.node, operator, right: right.node };
      left = {
        height: heightAbove([left.height, right.height], spanOf(token), this.context),
        node: {
          kind: "binary",
          span: join(left.node, right.node),
          operator: operator as BinaryOperator,
          left: left.node,
          right: right.node,
        },
      };
    }
    return left;
  }

  private unary(operand: Operand, skipped: number, least: number): Built {
    const token = operand.prefixes[skipped];
    if (token === undefined) return operand.built;
    const isNot = token.tokenType === W.Not;
    if (isNot && least > NOT)
      leaveOut(this.context.reporter, spanOf(token), {
        code: "misplaced-not",
        message: "`not` stands where a value is expected",
        hint: "put what it negates in parentheses: `(not x)`",
      });
    const inner = isNot ? this.binary(operand, skipped + 1, NOT) : this.unary(operand, skipped + 1, UNARY);
    const span = { start: token.startOffset, end: inner.node.span.end };
    const operator = isNot ? "not" : token.image === "-" ? "-" : "~";
    return {
      node: { kind: "unary", span, operator, operand: inner.node },
      height: heightAbove([inner.height], spanOf(token), this.context),
    };
  }

  /** Builds `x in (1, 2)`. */
  private membership(subject: Built, node: MembershipCstNode | undefined): Built {
    const { children } = first(node && [node]);
    const choices = children.expression.map((choice) => built(choice, this.context));
    const close = first(children.RParen);
    return {
      node: {
        kind: "in",
        span: { start: subject.node.span.start, end: spanOf(close).end },
        negated: children.Not !== undefined,
        subject: subject.node,
        choices: choices.map((choice) => choice.node),
      },
      height: heightAbove([subject.height, ...choices.map((c) => c.height)], spanOf(close), this.context),
    };
  }

  /** Reports `1 < size < 9`, with the intended meaning in the hint. */
  private reportChain(
    { left, operator, right }: { left: Expression; operator: string; right: Expression },
    next: Operation,
  ): void {
    const { reporter } = this.context;
    const shorten = ({ span }: Expression): string =>
      quote(reporter.source.text.slice(span.start, span.end)).slice(1, -1);
    const { start, end } = spanOf(next.token);
    const again = reporter.source.text.slice(right.span.start, right.span.end);
    reporter.error(
      "chained-comparison",
      start,
      end,
      "a comparison cannot be compared again",
      insert(
        right.span.end,
        ` and ${again}`,
        `write \`${shorten(left)} ${operator} ${shorten(right)} and ${shorten(right)} ${next.operator} …\``,
      ),
    );
  }
}

// ---------------------------------------------------------------- operands

function operandOf({ children }: OperandCstNode, context: BuildContext): Operand {
  const { Not = [], Minus = [], Tilde = [] } = children;
  const prefixes = [...Not, ...Minus, ...Tilde].sort((a, b) => a.startOffset - b.startOffset);
  const number = children.Number?.[0];
  if (number !== undefined)
    return { prefixes, built: { node: decodeNumber(number, context.reporter), height: 1 } };
  const primary = first(children.primary);
  refuseBareSide(primary, children.suffix, context);
  return { prefixes, built: suffixed(builtPrimary(primary, context), children.suffix, context) };
}

/** Builds `begin` or `end`, a side of a span, which has fields but no value. */
function refuseBareSide(
  { children: { Name } }: PrimaryCstNode,
  suffixes: readonly SuffixCstNode[] | undefined,
  { reporter }: BuildContext,
): void {
  const name = Name?.[0];
  if (name === undefined || (name.tokenType !== W.Begin && name.tokenType !== W.End)) return;
  if (suffixes?.[0]?.children.Dot !== undefined) return;
  leaveOut(reporter, spanOf(name), {
    code: "bare-side",
    message: `\`${name.image}\` is a side of a span, not a value`,
    hint: insert(spanOf(name).end, ".time", `write one of its fields: \`${name.image}.time\``),
  });
}

function suffixed(
  object: Built,
  suffixes: readonly SuffixCstNode[] | undefined,
  context: BuildContext,
): Built {
  let whole = object;
  for (const suffix of suffixes ?? []) {
    const field = suffix.children.AnyWord?.[0];
    const { node, height } = whole;
    const place = spanOfNode(suffix);
    if (field !== undefined) {
      const name = nameOf(field);
      whole = {
        node: { kind: "member", span: join(node, name), object: node, name },
        height: heightAbove([height], place, context),
      };
      continue;
    }
    const index = built(first(suffix.children.expression), context);
    whole = {
      node: {
        kind: "index",
        span: { start: node.span.start, end: place.end },
        object: node,
        index: index.node,
      },
      height: heightAbove([height, index.height], place, context),
    };
  }
  return whole;
}

function builtPrimary(node: PrimaryCstNode, context: BuildContext): Built {
  const { children } = node;
  const { reporter } = context;
  const span = spanOfNode(node);
  if (children.values !== undefined) return builtCall(node, context);
  const inner = children.expression?.[0];
  if (inner !== undefined) {
    const { node: expression, height } = built(inner, context);
    return {
      node: { kind: "parenthesized", span, inner: expression },
      height: heightAbove([height], span, context),
    };
  }
  return { node: leaf(), height: 1 };

  function leaf(): Expression {
    const [string] = children.String ?? [];
    if (string !== undefined) return decodeString(string, reporter);
    const [probe] = children.Probe ?? [];
    if (probe !== undefined) return { kind: "probe", span, probe: decodeProbe(probe, reporter) };
    const [name] = children.Name ?? [];
    if (name !== undefined) return nameOf(name);
    return { kind: "boolean", span, value: children.True !== undefined };
  }
}

function builtCall(node: CallCstNode | PrimaryCstNode, context: BuildContext): Built {
  const span = spanOfNode(node);
  const { expression = [] } = first(node.children.values).children;
  const args = expression.map((argument) => built(argument, context));
  return {
    node: { kind: "call", span, callee: nameOf(first(node.children.Name)), args: args.map((a) => a.node) },
    height: heightAbove(
      args.map((a) => a.height),
      span,
      context,
    ),
  };
}
