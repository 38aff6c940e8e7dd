/** Expressions of the syntax tree: the flat operations of the grammar, put together by how strongly they bind. */
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
import { first, heightAbove, join, leaveOut, nameOf, spanOfNode, type Building } from "./nodes.js";
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
  /** `in` for both memberships. */
  readonly operator: string;
  readonly token: IToken;
  readonly operand?: Operand;
  readonly membership?: MembershipCstNode;
}

export function buildExpression(node: ExpressionCstNode, building: Building): Expression {
  return built(node, building).node;
}

function built({ children }: ExpressionCstNode, building: Building): Built {
  const start = operandOf(first(children.operand), building);
  return chosen(fold(start, children.operation, building), children.choice, building);
}

/** The first column of aggregates: an expression that starts with a call. */
export function buildFirstExpression({ children }: FirstColumnCstNode, building: Building): Expression {
  const call = suffixed(builtCall(first(children.call), building), children.suffix, building);
  const start: Operand = { prefixes: [], built: call };
  return chosen(fold(start, children.operation, building), children.choice, building).node;
}

function chosen(condition: Built, choices: readonly ChoiceCstNode[] | undefined, building: Building): Built {
  const choice = choices?.[0];
  if (choice === undefined) return condition;
  const { expression, Question } = choice.children;
  const then = built(first(expression), building);
  const otherwise = built(first(expression.slice(1)), building);
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
    height: heightAbove([condition.height, then.height, otherwise.height], place, building),
  };
}

// ---------------------------------------------------------------- operations

function fold(start: Operand, nodes: readonly OperationCstNode[] | undefined, building: Building): Built {
  if (nodes === undefined && start.prefixes.length === 0) return start.built;
  return new Fold(
    (nodes ?? []).map((node) => operationOf(node, building)),
    building,
  ).binary(start, 0, WEAKEST);
}

function operationOf({ children }: OperationCstNode, building: Building): Operation {
  const membership = children.membership?.[0];
  if (membership !== undefined) return { operator: "in", token: first(membership.children.In), membership };
  const token = first(children.Operator);
  return { operator: token.image, token, operand: operandOf(first(children.operand), building) };
}

/** By climbing the precedences. */
class Fold {
  private next = 0;

  constructor(
    private readonly operations: readonly Operation[],
    private readonly building: Building,
  ) {}

  /** `operand` without its first `skipped` prefixes, and the operations behind it that bind strongly enough. */
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
        height: heightAbove([left.height, right.height], spanOf(token), this.building),
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
      leaveOut(this.building.reporter, spanOf(token), {
        code: "misplaced-not",
        message: "`not` stands where a value is expected",
        hint: "put what it negates in parentheses: `(not x)`",
      });
    const inner = isNot ? this.binary(operand, skipped + 1, NOT) : this.unary(operand, skipped + 1, UNARY);
    const span = { start: token.startOffset, end: inner.node.span.end };
    const operator = isNot ? "not" : token.image === "-" ? "-" : "~";
    return {
      node: { kind: "unary", span, operator, operand: inner.node },
      height: heightAbove([inner.height], spanOf(token), this.building),
    };
  }

  /** `x in (1, 2)` */
  private membership(subject: Built, node: MembershipCstNode | undefined): Built {
    const { children } = first(node && [node]);
    const choices = children.expression.map((choice) => built(choice, this.building));
    const close = first(children.RParen);
    return {
      node: {
        kind: "in",
        span: { start: subject.node.span.start, end: spanOf(close).end },
        negated: children.Not !== undefined,
        subject: subject.node,
        choices: choices.map((choice) => choice.node),
      },
      height: heightAbove([subject.height, ...choices.map((c) => c.height)], spanOf(close), this.building),
    };
  }

  /** `1 < size < 9`: what is meant is put in the hint. */
  private reportChain(
    { left, operator, right }: { left: Expression; operator: string; right: Expression },
    next: Operation,
  ): void {
    const { reporter } = this.building;
    const shorten = ({ span }: Expression): string =>
      quote(reporter.source.text.slice(span.start, span.end)).slice(1, -1);
    const { start, end } = spanOf(next.token);
    reporter.error(
      "chained-comparison",
      start,
      end,
      "a comparison cannot be compared again",
      `write \`${shorten(left)} ${operator} ${shorten(right)} and ${shorten(right)} ${next.operator} …\``,
    );
  }
}

// ---------------------------------------------------------------- operands

function operandOf({ children }: OperandCstNode, building: Building): Operand {
  const { Not = [], Minus = [], Tilde = [] } = children;
  const prefixes = [...Not, ...Minus, ...Tilde].sort((a, b) => a.startOffset - b.startOffset);
  const number = children.Number?.[0];
  if (number !== undefined)
    return { prefixes, built: { node: decodeNumber(number, building.reporter), height: 1 } };
  const primary = first(children.primary);
  refuseBareSide(primary, children.suffix, building);
  return { prefixes, built: suffixed(builtPrimary(primary, building), children.suffix, building) };
}

/** `begin` and `end` name a side of a span, which has fields and no value. */
function refuseBareSide(
  { children: { Name } }: PrimaryCstNode,
  suffixes: readonly SuffixCstNode[] | undefined,
  { reporter }: Building,
): void {
  const name = Name?.[0];
  if (name === undefined || (name.tokenType !== W.Begin && name.tokenType !== W.End)) return;
  if (suffixes?.[0]?.children.Dot !== undefined) return;
  leaveOut(reporter, spanOf(name), {
    code: "bare-side",
    message: `\`${name.image}\` is a side of a span, not a value`,
    hint: `write one of its fields: \`${name.image}.time\``,
  });
}

function suffixed(object: Built, suffixes: readonly SuffixCstNode[] | undefined, building: Building): Built {
  let whole = object;
  for (const suffix of suffixes ?? []) {
    const field = suffix.children.AnyWord?.[0];
    const { node, height } = whole;
    const place = spanOfNode(suffix);
    if (field !== undefined) {
      const name = nameOf(field);
      whole = {
        node: { kind: "member", span: join(node, name), object: node, name },
        height: heightAbove([height], place, building),
      };
      continue;
    }
    const index = built(first(suffix.children.expression), building);
    whole = {
      node: {
        kind: "index",
        span: { start: node.span.start, end: place.end },
        object: node,
        index: index.node,
      },
      height: heightAbove([height, index.height], place, building),
    };
  }
  return whole;
}

function builtPrimary(node: PrimaryCstNode, building: Building): Built {
  const { children } = node;
  const { reporter } = building;
  const span = spanOfNode(node);
  if (children.values !== undefined) return builtCall(node, building);
  const inner = children.expression?.[0];
  if (inner !== undefined) {
    const { node: expression, height } = built(inner, building);
    return {
      node: { kind: "parenthesized", span, inner: expression },
      height: heightAbove([height], span, building),
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

function builtCall(node: CallCstNode | PrimaryCstNode, building: Building): Built {
  const span = spanOfNode(node);
  const { expression = [] } = first(node.children.values).children;
  const args = expression.map((argument) => built(argument, building));
  return {
    node: { kind: "call", span, callee: nameOf(first(node.children.Name)), args: args.map((a) => a.node) },
    height: heightAbove(
      args.map((a) => a.height),
      span,
      building,
    ),
  };
}
