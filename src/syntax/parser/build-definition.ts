/** Definitions of the syntax tree: events, unions, spans, tools and imports. */
import type { CstNode, IToken } from "chevrotain";
import type {
  BranchCstNode,
  EventCstNode,
  FieldCstNode,
  ItemCstNode,
  MemberCstNode,
  ParameterCstNode,
  QueryCstNode,
  SpanCstNode,
  ToolCstNode,
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
  SpanDefinition,
  ToolBranch,
  ToolDefinition,
  ToolParameter,
  UnionDefinition,
  UnionMember,
} from "../tree.js";
import { buildExpression } from "./build-expression.js";
import { buildQuery, buildSource, buildType } from "./build-query.js";
import { decodeNumber, decodeString } from "./literals.js";
import { first, inOrder, nameOf, spanOfNode, takeDoc, unlessLeftOut, whole, type Building } from "./nodes.js";

/** Undefined for a `;`. */
export function buildItem({ children }: ItemCstNode, building: Building): Item | undefined {
  if (children.import !== undefined) {
    const node = first(children.import);
    const path = decodeString(first(node.children.String), building.reporter);
    return { kind: "import", span: spanOfNode(node), path };
  }
  if (children.event !== undefined) return buildEvent(first(children.event), building);
  if (children.span !== undefined) return buildSpan(first(children.span), building);
  if (children.tool !== undefined) return buildTool(first(children.tool), building);
  return undefined;
}

/** What every definition has. */
function head(
  node: CstNode & { readonly children: { readonly Name?: IToken[] } },
  building: Building,
): Pick<ToolDefinition, "span" | "doc" | "name"> {
  const span = spanOfNode(node);
  return { span, ...takeDoc(span.start, building), name: nameOf(first(node.children.Name)) };
}

// ---------------------------------------------------------------- events and spans

function buildEvent(node: EventCstNode, building: Building): EventDefinition | UnionDefinition {
  const { member, provider } = node.children;
  if (member !== undefined)
    return { kind: "union", ...head(node, building), members: member.map(buildMember) };
  return {
    kind: "event",
    ...head(node, building),
    providers: whole(provider).flatMap((part) => buildProvider(part, building) ?? []),
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

function buildSpan(node: SpanCstNode, building: Building): SpanDefinition {
  const parts = whole(node.children.spanPart).map((part) => part.children);
  const providers = (side: "begin" | "during" | "end"): ProviderDefinition[] =>
    parts.flatMap((part) =>
      (part[side] ?? []).flatMap((provider) => buildProvider(provider, building) ?? []),
    );
  return {
    kind: "span",
    ...head(node, building),
    // The first name is the span's; keys that were missing were put in without a name.
    keys: node.children.Name.slice(1)
      .filter(({ image }) => image !== "")
      .map(nameOf),
    begin: providers("begin"),
    during: providers("during"),
    end: providers("end"),
    fields: parts.flatMap((part) => (part.field ?? []).flatMap((field) => buildField(field, building) ?? [])),
  };
}

type ProviderNode = CstNode & { readonly children: { readonly trigger: TriggerCstNode[] } };

function buildProvider(node: ProviderNode, building: Building): ProviderDefinition | undefined {
  const { source, traits, fields } = first(node.children.trigger).children;
  return unlessLeftOut(() => ({
    kind: "provider",
    span: spanOfNode(node),
    trigger: buildSource(first(source), building),
    ...buildTraits(first(traits), building),
    fields: whole(fields?.[0]?.children.field).flatMap((field) => buildField(field, building) ?? []),
  }));
}

function buildTraits(
  { children }: TraitsCstNode,
  building: Building,
): Pick<ProviderDefinition, "condition" | "note" | "rate" | "unattributed"> {
  const { where = [], note = [], rate = [], Unattributed } = children;
  reportSecond("where", where, "join the conditions with `and`", building);
  reportSecond("note", note, "join the texts", building);
  reportSecond("rate", rate, "leave one of them out", building);
  const [condition, text, number] = [where.at(-1), note.at(-1), rate.at(-1)];
  return {
    ...(condition && { condition: buildExpression(first(condition.children.expression), building) }),
    ...(text && { note: decodeString(first(text.children.String), building.reporter) }),
    ...(number && { rate: buildRate(first(number.children.Number), building) }),
    ...(Unattributed && { unattributed: true }),
  };
}

function buildRate(token: IToken, { reporter }: Building): NumberLiteral {
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

function reportSecond(word: string, nodes: readonly CstNode[], hint: string, { reporter }: Building): void {
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

function buildField(node: FieldCstNode, building: Building): FieldDefinition | undefined {
  return unlessLeftOut(() => {
    const { type, expression } = node.children;
    const { span, ...rest } = head(node, building);
    const value = buildExpression(first(expression), building);
    // A comma behind it is not part of it.
    return {
      kind: "field",
      span: { start: span.start, end: value.span.end },
      ...rest,
      type: buildType(first(type)),
      value,
    };
  });
}

// ---------------------------------------------------------------- tools

function buildTool(node: ToolCstNode, building: Building): ToolDefinition {
  const { parameters, toolPart, query } = node.children;
  const branches = whole(toolPart).flatMap(({ children }) =>
    (children.branch ?? []).flatMap((branch) => unlessLeftOut(() => buildBranch(branch, building)) ?? []),
  );
  return {
    kind: "tool",
    ...head(node, building),
    parameters: whole(parameters?.[0]?.children.parameter).flatMap(
      (parameter) => unlessLeftOut(() => buildParameter(parameter, building)) ?? [],
    ),
    parts: inOrder([...branches, ...buildQueries(query, building)]),
  };
}

function buildQueries(nodes: readonly QueryCstNode[] | undefined, building: Building): Query[] {
  return (nodes ?? []).map((query) => buildQuery(query, building));
}

/** `when each { … }` */
function buildBranch(node: BranchCstNode, building: Building): ToolBranch {
  const { expression, query } = node.children;
  return {
    kind: "branch",
    span: spanOfNode(node),
    condition: buildExpression(first(expression), building),
    queries: buildQueries(query, building),
  };
}

function buildParameter(node: ParameterCstNode, building: Building): ToolParameter {
  const [value] = node.children.expression ?? [];
  return {
    kind: "toolParameter",
    ...head(node, building),
    type: buildType(first(node.children.type)),
    ...(value === undefined ? {} : { value: buildExpression(value, building) }),
  };
}
