/** Walks the syntax tree: the children of a node, and the path to what stands at an offset. */
import type { Span } from "../diagnostics/diagnostic.js";
import type { Comment, RangeKey, Repeat, SyntaxNode, Times } from "../syntax/tree.js";

export type TreeNode = SyntaxNode | Comment | RangeKey | Repeat | Times;

const some = (...nodes: readonly (TreeNode | undefined)[]): readonly TreeNode[] =>
  nodes.filter((node) => node !== undefined);

/** Returns all children, in no particular order. */
export function childrenOf(node: TreeNode): readonly TreeNode[] {
  switch (node.kind) {
    case "file":
      return [...node.items, ...node.comments];
    case "import":
      return [node.path];
    case "event":
      return some(node.doc, node.name, ...node.providers);
    case "union":
      return some(node.doc, node.name, ...node.members);
    case "member of union":
      return [node.name];
    case "span":
      return some(
        node.doc,
        node.name,
        ...node.keys,
        node.range,
        ...node.begin,
        ...node.during,
        ...node.end,
        ...node.fields,
      );
    case "provider":
      return some(
        node.trigger,
        ...(node.more ?? []),
        node.condition,
        node.note,
        node.rate,
        node.repeat,
        node.times,
        ...node.fields,
      );
    case "times":
      return some(node.count, node.index);
    case "field":
      return some(node.doc, node.name, node.type, node.value);
    case "tool":
      return some(node.doc, node.name, ...node.parameters, ...node.parts);
    case "toolParameter":
      return some(node.doc, node.name, node.type, node.value);
    case "set":
      return some(node.doc, node.name, ...node.members);
    case "setMember":
      return some(node.doc, node.name, node.value);
    case "branch":
      return [node.condition, ...node.queries];
    case "query":
      return some(node.doc, node.source, ...node.clauses);
    case "namedSource":
      return [node.name];
    case "probeSource":
      return [node.probe, ...node.parameters];
    case "parameter":
      return some(node.name, node.type);
    case "type":
      return some(node.word, node.of);
    case "show":
    case "aggregates":
      return node.columns;
    case "by":
      return node.keys;
    case "where":
      return [node.condition];
    case "every":
      return some(node.interval, node.header);
    case "top":
      return some(node.count, node.by);
    case "for":
      return [node.duration];
    case "via":
      return [node.provider];
    case "viaProvider":
    case "probeSpec":
      return [node.type, ...node.parts];
    case "column":
      return some(node.expression, node.unit, node.alias);
    case "member":
      return [node.object, node.name];
    case "index":
      return [node.object, node.index];
    case "call":
      return [node.callee, ...node.args];
    case "binary":
      return [node.left, node.right];
    case "unary":
      return [node.operand];
    case "in":
      return [node.subject, ...node.choices];
    case "conditional":
      return [node.condition, node.then, node.otherwise];
    case "parenthesized":
      return [node.inner];
    case "probe":
      return [node.probe];
    case "boolean":
    case "comment":
    case "doc":
    case "name":
    case "number":
    case "part":
    case "range":
    case "repeat":
    case "string":
      return [];
  }
}

const holds = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

/** Returns the nodes that contain the offset, the innermost last. At the border of two nodes the second one counts. */
export function pathTo(root: TreeNode, offset: number): readonly TreeNode[] {
  const path: TreeNode[] = [];
  for (let node: TreeNode | undefined = root; node !== undefined;) {
    path.push(node);
    const inside: readonly TreeNode[] = childrenOf(node).filter((child) => holds(child.span, offset));
    node = inside.reduce<TreeNode | undefined>(
      (best, child) => (best === undefined || child.span.start > best.span.start ? child : best),
      undefined,
    );
  }
  return path;
}

/** Calls `visit` with every node and its ancestors. Does not recurse: a long chain is a deep tree. */
export function walk(root: TreeNode, visit: (node: TreeNode, path: readonly TreeNode[]) => void): void {
  interface Level {
    readonly node: TreeNode;
    readonly path: readonly TreeNode[];
  }
  const left: Level[] = [{ node: root, path: [] }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, path } = next;
    visit(node, path);
    const inner = [...path, node];
    for (const child of childrenOf(node)) left.push({ node: child, path: inner });
  }
}
