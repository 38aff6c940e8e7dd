/** Converts between the service's offsets and the protocol's positions and words. */
import {
  CompletionItemKind,
  DiagnosticSeverity,
  InsertTextFormat,
  SymbolKind,
  type CompletionItem,
  type Diagnostic,
  type DocumentSymbol,
  type Range,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Severity, Span } from "../diagnostics/diagnostic.js";
import type { Offer, OfferKind } from "../service/completion/offer.js";
import type { OutlineEntry } from "../service/outline.js";
import type { PlacedProblem } from "../service/workspace.js";

export function rangeOf(document: TextDocument, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
};

export function diagnosticOf(document: TextDocument, { diagnostic, start }: PlacedProblem): Diagnostic {
  const { severity, code, message, hint, span } = diagnostic;
  return {
    range: rangeOf(document, { start: span.start + start, end: span.end + start }),
    severity: SEVERITIES[severity],
    code,
    source: "faultline",
    message: hint === undefined ? message : `${message}\nhint: ${hint}`,
  };
}

const KINDS: Readonly<Record<OfferKind, CompletionItemKind>> = {
  aggregate: CompletionItemKind.Function,
  field: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
  keyword: CompletionItemKind.Keyword,
  member: CompletionItemKind.EnumMember,
  operator: CompletionItemKind.Operator,
  parameter: CompletionItemKind.Variable,
  probe: CompletionItemKind.Event,
  source: CompletionItemKind.Class,
  tool: CompletionItemKind.Module,
  type: CompletionItemKind.TypeParameter,
  unit: CompletionItemKind.Unit,
  value: CompletionItemKind.Value,
};

/** `at`: the rank of the offer, which editors would otherwise sort by name; `snippets`: whether the editor has them. */
export function completionOf(offer: Offer, at: number, range: Range, snippets: boolean): CompletionItem {
  const { label, kind, detail, doc, insert } = offer;
  const isSnippet = insert?.includes("$0") === true && snippets;
  return {
    label,
    kind: KINDS[kind],
    sortText: String(at).padStart(5, "0"),
    filterText: label,
    textEdit: { range, newText: isSnippet ? insert : (insert ?? label).replace(/\$0.*$/, "") },
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(detail === undefined ? {} : { detail }),
    ...(doc === undefined ? {} : { documentation: doc }),
  };
}

const SYMBOLS: Readonly<Record<OutlineEntry["kind"], SymbolKind>> = {
  event: SymbolKind.Event,
  span: SymbolKind.Class,
  tool: SymbolKind.Function,
  query: SymbolKind.Object,
  field: SymbolKind.Field,
  parameter: SymbolKind.Variable,
  set: SymbolKind.Enum,
  member: SymbolKind.EnumMember,
};

export function symbolOf(document: TextDocument, entry: OutlineEntry): DocumentSymbol {
  return {
    name: entry.name,
    kind: SYMBOLS[entry.kind],
    range: rangeOf(document, entry.span),
    selectionRange: rangeOf(document, entry.nameSpan),
    children: entry.children.map((child) => symbolOf(document, child)),
  };
}
