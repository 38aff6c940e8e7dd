/** Builds definitions of the syntax tree: events, unions, spans, tools and imports. */
import type { CstNode, IToken } from "chevrotain";
import type {
  BranchCstNode,
  EventCstNode,
  FieldCstNode,
  ItemCstNode,
  MemberCstNode,
  ParameterCstNode,
  QueryCstNode,
  RangeCstNode,
  RepeatCstNode,
  SetCstNode,
  SpanCstNode,
  ToolCstNode,
  TimesCstNode,
  TraitsCstNode,
  TriggerCstNode,
} from "../grammar/cst.js";
import type {
  EventDefinition,
  FieldDefinition,
  Item,
  NumberLiteral,
  ProviderDefinition,
  Query,
  RangeKey,
  SetDefinition,
  SpanDefinition,
  Times,
  ToolBranch,
  ToolDefinition,
  ToolParameter,
  UnionDefinition,
  UnionMember,
} from "../tree.js";
import { buildExpression } from "./build-expression.js";
import { buildQuery, buildSource, buildType } from "./build-query.js";
import { decodeNumber, decodeString } from "./literals.js";
import {
  first,
  inOrder,
  nameOf,
  spanOfNode,
  takeDoc,
  unlessLeftOut,
  whole,
  type BuildContext,
} from "./nodes.js";

/** Returns undefined for a `;`. */
export function buildItem({ children }: ItemCstNode, context: BuildContext): Item | undefined {
  if (children.import !== undefined) {
    const node = first(children.import);
    const path = decodeString(first(node.children.String), context.reporter);
    return { kind: "import", span: spanOfNode(node), path };
  }
  if (children.event !== undefined) return buildEvent(first(children.event), context);
  if (children.span !== undefined) return buildSpan(first(children.span), context);
  if (children.tool !== undefined) return buildTool(first(children.tool), context);
  if (children.set !== undefined) return buildSet(first(children.set), context);
  return undefined;
}

/** Returns what every definition has. */
function head(
  node: CstNode & { readonly children: { readonly Name?: IToken[] } },
  context: BuildContext,
): Pick<ToolDefinition, "span" | "doc" | "name"> {
  const span = spanOfNode(node);
  return { span, ...takeDoc(span.start, context), name: nameOf(first(node.children.Name)) };
}

// ---------------------------------------------------------------- events and spans

function buildEvent(node: EventCstNode, context: BuildContext): EventDefinition | UnionDefinition {
  const { member, provider, Outermost } = node.children;
  if (member !== undefined)
    return {
      kind: "union",
      ...head(node, context),
      ...(Outermost && { outermost: true as const }),
      members: member.map(buildMember),
    };
  return {
    kind: "event",
    ...head(node, context),
    providers: whole(provider).flatMap((part) => buildProvider(part, context) ?? []),
  };
}

function buildMember(node: MemberCstNode): UnionMember {
  const { Name, Question } = node.children;
  return {
    kind: "member of union",
    span: spanOfNode(node),
    name: nameOf(first(Name)),
    optional: Question !== undefined,
  };
}

function buildSpan(node: SpanCstNode, context: BuildContext): SpanDefinition {
  const parts = whole(node.children.spanPart).map((part) => part.children);
  const { Name: names = [], range: [range] = [] } = first(node.children.keys).children;
  const providers = (side: "begin" | "during" | "end"): ProviderDefinition[] =>
    parts.flatMap((part) => (part[side] ?? []).flatMap((provider) => buildProvider(provider, context) ?? []));
  return {
    kind: "span",
    ...head(node, context),
    // Missing keys were inserted without a name.
    keys: [
      ...names.filter(({ image }) => image !== "").map(nameOf),
      ...(range ? [buildRange(range).start] : []),
    ],
    ...(range && { range: buildRange(range) }),
    begin: providers("begin"),
    during: providers("during"),
    end: providers("end"),
    fields: parts.flatMap((part) => (part.field ?? []).flatMap((field) => buildField(field, context) ?? [])),
  };
}

function buildRange(node: RangeCstNode): RangeKey {
  const [start, size, present] = node.children.Name.map(nameOf);
  if (!start || !size) throw new Error("a range has a start and a size");
  return { kind: "range", span: spanOfNode(node), start, size, ...(present && { present }) };
}

type ProviderNode = CstNode & { readonly children: { readonly trigger: TriggerCstNode[] } };

function buildProvider(node: ProviderNode, context: BuildContext): ProviderDefinition | undefined {
  const { source, traits, fields } = first(node.children.trigger).children;
  return unlessLeftOut(() => ({
    kind: "provider",
    span: spanOfNode(node),
    trigger: buildSource(first(source), context),
    ...(source.length > 1 && { more: source.slice(1).map((each) => buildSource(each, context)) }),
    ...buildTraits(first(traits), context),
    fields: whole(fields?.[0]?.children.field).flatMap((field) => buildField(field, context) ?? []),
  }));
}

function buildTraits(
  { children }: TraitsCstNode,
  context: BuildContext,
): Pick<ProviderDefinition, "condition" | "note" | "rate" | "unattributed" | "repeat" | "times"> {
  const { where = [], note = [], rate = [], repeat = [], times = [], Unattributed } = children;
  reportSecond("where", where, "join the conditions with `and`", context);
  reportSecond("note", note, "join the texts", context);
  reportSecond("rate", rate, "leave one of them out", context);
  reportSecond("times", times, "leave one of them out", context);
  const [condition, text, number, each] = [where.at(-1), note.at(-1), rate.at(-1), times.at(-1)];
  return {
    ...(condition && { condition: buildExpression(first(condition.children.expression), context) }),
    ...(text && { note: decodeString(first(text.children.String), context.reporter) }),
    ...(number && { rate: buildRate(first(number.children.Number), context) }),
    ...(Unattributed && { unattributed: true }),
    ...buildRepeat(repeat, context),
    ...(each && { times: buildTimes(each, context) }),
  };
}

function buildRepeat(
  nodes: readonly RepeatCstNode[],
  { reporter }: BuildContext,
): Pick<ProviderDefinition, "repeat"> {
  for (const node of nodes.slice(1)) {
    const { start, end } = spanOfNode(node);
    reporter.error(
      "duplicate-clause",
      start,
      end,
      "a `begin` is `once` or `anew`, and says so one time",
      "`once` keeps the first begin of a span that is open, `anew` starts the span again",
    );
  }
  const [node] = nodes;
  if (!node) return {};
  const word = node.children.Once === undefined ? "anew" : "once";
  return { repeat: { kind: "repeat", span: spanOfNode(node), word } };
}

function buildTimes(node: TimesCstNode, context: BuildContext): Times {
  const { expression, Name } = node.children;
  const index = Name?.[0];
  return {
    kind: "times",
    span: spanOfNode(node),
    count: buildExpression(first(expression), context),
    ...(index && { index: nameOf(index) }),
  };
}

function buildRate(token: IToken, { reporter }: BuildContext): NumberLiteral {
  const rate = decodeNumber(token, reporter);
  if (rate.unit !== undefined || rate.denominator !== 1n)
    reporter.error(
      "bad-rate",
      rate.span.start,
      rate.span.end,
      "a rate is a whole number of events a second",
      "as in `rate 10_000`",
    );
  return rate;
}

function reportSecond(
  word: string,
  nodes: readonly CstNode[],
  hint: string,
  { reporter }: BuildContext,
): void {
  for (const node of nodes.slice(1)) {
    const { start } = spanOfNode(node);
    reporter.error(
      "duplicate-clause",
      start,
      start + word.length,
      `\`${word}\` stands twice in this provider`,
      hint,
    );
  }
}

function buildField(node: FieldCstNode, context: BuildContext): FieldDefinition | undefined {
  return unlessLeftOut(() => {
    const { type, expression } = node.children;
    const { span, ...rest } = head(node, context);
    const value = buildExpression(first(expression), context);
    // A comma after it is not part of it.
    return {
      kind: "field",
      span: { start: span.start, end: value.span.end },
      ...rest,
      type: buildType(first(type)),
      value,
    };
  });
}

// ---------------------------------------------------------------- names for numbers

function buildSet(node: SetCstNode, context: BuildContext): SetDefinition {
  const { Enum, setMember } = node.children;
  return {
    kind: "set",
    ...head(node, context),
    of: Enum === undefined ? "flags" : "enum",
    members: whole(setMember).flatMap(
      (member) =>
        unlessLeftOut(() => {
          const { span, ...rest } = head(member, context);
          const value = buildExpression(first(member.children.expression), context);
          return {
            kind: "setMember" as const,
            span: { start: span.start, end: value.span.end },
            ...rest,
            value,
          };
        }) ?? [],
    ),
  };
}

// ---------------------------------------------------------------- tools

function buildTool(node: ToolCstNode, context: BuildContext): ToolDefinition {
  const { parameters, toolPart, query } = node.children;
  const branches = whole(toolPart).flatMap(({ children }) =>
    (children.branch ?? []).flatMap((branch) => unlessLeftOut(() => buildBranch(branch, context)) ?? []),
  );
  return {
    kind: "tool",
    ...head(node, context),
    parameters: whole(parameters?.[0]?.children.parameter).flatMap(
      (parameter) => unlessLeftOut(() => buildParameter(parameter, context)) ?? [],
    ),
    parts: inOrder([...branches, ...buildQueries(query, context)]),
  };
}

function buildQueries(nodes: readonly QueryCstNode[] | undefined, context: BuildContext): Query[] {
  return (nodes ?? []).map((query) => buildQuery(query, context));
}

/** Builds `when each { … }`. */
function buildBranch(node: BranchCstNode, context: BuildContext): ToolBranch {
  const { expression, query } = node.children;
  return {
    kind: "branch",
    span: spanOfNode(node),
    condition: buildExpression(first(expression), context),
    queries: buildQueries(query, context),
  };
}

function buildParameter(node: ParameterCstNode, context: BuildContext): ToolParameter {
  const [value] = node.children.expression ?? [];
  return {
    kind: "toolParameter",
    ...head(node, context),
    type: buildType(first(node.children.type)),
    ...(value === undefined ? {} : { value: buildExpression(value, context) }),
  };
}
