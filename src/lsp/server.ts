/** The language server: answers an editor's requests with the language service. */
import {
  CodeActionKind,
  MarkupKind,
  ResponseError,
  LSPErrorCodes,
  SemanticTokensBuilder,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
  type Location,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { compile, type Kernel, type Library } from "../index.js";
import type { Source } from "../diagnostics/diagnostic.js";
import { complete } from "../service/completion/complete.js";
import { highlightsOf, type Highlight } from "../service/highlight.js";
import { hoverAt } from "../service/hover.js";
import { definitionsAt, referencesAt, renameAt, RenameRefused, type FilePlace } from "../service/navigate.js";
import { foldsOf, inlayHintsOf, outlineOf } from "../service/outline.js";
import { signatureAt } from "../service/signature.js";
import { Workspace, type Analysis } from "../service/workspace.js";
import { format } from "../syntax/print/prettier.js";
import { completionOf, diagnosticOf, rangeOf, symbolOf } from "./convert.js";

/** What the server needs of the machine. */
export interface ServerHost {
  readonly kernel: Kernel;
  readonly library: Library;
  readonly version: string;
  /** Reads the file of a URI; undefined if there is none. */
  readonly readFile: (uri: string) => string | undefined;
  /** The URI of a file of the standard library, to which an editor can go. */
  readonly libraryUri: (name: string) => string;
}

/** The kinds of token of the protocol. */
const TOKEN_TYPES: Readonly<Record<Highlight, string>> = {
  source: "class",
  tool: "class",
  field: "property",
  parameter: "parameter",
  aggregate: "function",
  function: "function",
  unit: "keyword",
  member: "enumMember",
};

const LEGEND = [...new Set(Object.values(TOKEN_TYPES))];

/** Hints are tried when nothing was typed for so long, in milliseconds. */
const PAUSE = 300;

export function serve(connection: Connection, host: ServerHost): void {
  const documents = new TextDocuments(TextDocument);
  const textOf = (uri: string): string | undefined => documents.get(uri)?.getText() ?? host.readFile(uri);
  const workspace = new Workspace({
    kernel: host.kernel,
    library: host.library,
    resolveImport: (path: string, from: Source) => {
      const uri = new URL(path, from.name).href;
      const text = textOf(uri);
      return text === undefined ? undefined : { name: uri, text };
    },
  });
  const analyse = (document: TextDocument): Analysis =>
    workspace.analyse({ name: document.uri, text: document.getText() });
  let snippets = false;

  /** Answers a request about an open document. */
  const about = <R>(uri: string, answer: (document: TextDocument, analysis: Analysis) => R): R | null => {
    const document = documents.get(uri);
    return document ? answer(document, analyse(document)) : null;
  };
  const locationOf = ({ file, span }: FilePlace): Location => {
    const uri = file.includes("://") ? file : host.libraryUri(file);
    const document = documents.get(uri) ?? TextDocument.create(uri, "faultline", 0, textOf(uri) ?? "");
    return { uri, range: rangeOf(document, span) };
  };

  connection.onInitialize(({ capabilities }): InitializeResult => {
    snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    return {
      serverInfo: { name: "faultline", version: host.version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        completionProvider: { triggerCharacters: [".", ":", " ", "("] },
        hoverProvider: true,
        signatureHelpProvider: { triggerCharacters: ["(", ","] },
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        inlayHintProvider: true,
        documentFormattingProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        semanticTokensProvider: { legend: { tokenTypes: LEGEND, tokenModifiers: [] }, full: true },
      },
    };
  });

  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const publish = (document: TextDocument, hinted: boolean): void => {
    const analysis = analyse(document);
    const problems = hinted ? analysis.hintedProblems() : analysis.problems();
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: problems.map((problem) => diagnosticOf(document, problem)),
    });
  };
  const stopWaiting = (uri: string): void => {
    clearTimeout(waiting.get(uri));
    waiting.delete(uri);
  };
  documents.onDidChangeContent(({ document }) => {
    stopWaiting(document.uri);
    publish(document, false);
    waiting.set(
      document.uri,
      setTimeout(() => {
        waiting.delete(document.uri);
        const now = documents.get(document.uri);
        if (now) publish(now, true);
      }, PAUSE),
    );
  });
  documents.onDidClose(({ document }) => {
    stopWaiting(document.uri);
    workspace.close(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });

  connection.onCompletion(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const { span, offers } = complete(analysis, document.offsetAt(position));
      const range = rangeOf(document, span);
      return offers.map((offer, i) => completionOf(offer, i, range, snippets));
    }),
  );
  connection.onHover(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const hover = hoverAt(analysis, document.offsetAt(position));
      if (!hover) return null;
      const value = [`\`\`\`faultline\n${hover.code}\n\`\`\``, ...hover.about].join("\n\n");
      return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, hover.span) };
    }),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const signature = signatureAt(analysis, document.offsetAt(position));
      if (!signature) return null;
      const { label, about: documentation, parameters, active } = signature;
      return {
        signatures: [{ label, documentation, parameters: parameters.map((each) => ({ label: each })) }],
        activeSignature: 0,
        activeParameter: active,
      };
    }),
  );
  connection.onDefinition(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      definitionsAt(analysis, document.offsetAt(position)).map(locationOf),
    ),
  );
  connection.onReferences(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) =>
      referencesAt(analysis, document.offsetAt(position)).map(locationOf),
    ),
  );
  /** Gives what is refused to the editor, with the reason. */
  const refusable = <R>(rename: () => R): R => {
    try {
      return rename();
    } catch (error) {
      if (error instanceof RenameRefused) throw new ResponseError(LSPErrorCodes.RequestFailed, error.message);
      throw error;
    }
  };
  connection.onPrepareRename(({ textDocument, position }) =>
    about(textDocument.uri, (document, analysis) => {
      const offset = document.offsetAt(position);
      refusable(() => renameAt(analysis, offset, "another_name"));
      const hover = hoverAt(analysis, offset);
      return hover ? rangeOf(document, hover.span) : null;
    }),
  );
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    about(textDocument.uri, (document, analysis) => {
      const edits = refusable(() => renameAt(analysis, document.offsetAt(position), newName));
      return {
        changes: Object.fromEntries(
          [...edits].map(([file, fixes]) => [
            file,
            fixes.map(({ span, text }) => ({ range: locationOf({ file, span }).range, newText: text })),
          ]),
        ),
      };
    }),
  );
  connection.onDocumentSymbol(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) =>
      outlineOf(analysis).map((entry) => symbolOf(document, entry)),
    ),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    about(textDocument.uri, (document, analysis) =>
      foldsOf(analysis).map((span) => {
        const { start, end } = rangeOf(document, span);
        return { startLine: start.line, endLine: end.line };
      }),
    ),
  );
  connection.languages.inlayHint.on(({ textDocument, range }) =>
    about(textDocument.uri, (document, analysis) => {
      const within = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
      return inlayHintsOf(analysis, within).map(({ at, text }) => ({
        position: document.positionAt(at),
        label: text,
        paddingLeft: !text.startsWith(":"),
      }));
    }),
  );
  connection.languages.semanticTokens.on(({ textDocument }) => {
    const builder = new SemanticTokensBuilder();
    about(textDocument.uri, (document, analysis) => {
      for (const { span, as } of highlightsOf(analysis)) {
        const { line, character } = document.positionAt(span.start);
        builder.push(line, character, span.end - span.start, LEGEND.indexOf(TOKEN_TYPES[as]), 0);
      }
    });
    return builder.build();
  });
  connection.onDocumentFormatting(async ({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return null;
    const text = document.getText();
    try {
      const formatted = await format(text, { name: document.uri });
      const range = rangeOf(document, { start: 0, end: text.length });
      return formatted === text ? [] : [{ range, newText: formatted }];
    } catch {
      // A text with syntax errors is left as it is; the errors are shown already.
      return null;
    }
  });
  connection.onCodeAction(({ textDocument, range }) =>
    about(textDocument.uri, (document, analysis) => {
      const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      return analysis.hintedProblems().flatMap((problem) => {
        const { diagnostic, start } = problem;
        const { advice, span } = diagnostic;
        if (!advice || span.end + start < from || span.start + start > to) return [];
        return advice.fixes.map((fix, i) => ({
          title: fix.text.trim() === "" ? (diagnostic.hint ?? "remove it") : `Write \`${fix.text.trim()}\``,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnosticOf(document, problem)],
          isPreferred: i === 0,
          edit: {
            changes: {
              [document.uri]: [
                {
                  range: rangeOf(document, { start: fix.span.start + start, end: fix.span.end + start }),
                  newText: fix.text,
                },
              ],
            },
          },
        }));
      });
    }),
  );
  // The script of a text, which an editor shows beside it.
  connection.onRequest("faultline/script", ({ uri, to }: { readonly uri: string; readonly to?: string }) =>
    about(uri, (document) => {
      const { script, diagnostics } = compile(document.getText(), {
        kernel: host.kernel,
        library: host.library,
        name: uri,
        ...(to === undefined ? {} : { to }),
      });
      return { script: script?.text ?? null, problems: diagnostics.map(({ message }) => message) };
    }),
  );
  documents.listen(connection);
  connection.listen();
}
