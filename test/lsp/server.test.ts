/** Drives `faultline lsp` over its protocol, with a client library. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import {
  CodeActionRequest,
  CompletionRequest,
  DefinitionRequest,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentFormattingRequest,
  DocumentSymbolRequest,
  ExitNotification,
  FoldingRangeRequest,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  InlayHintRequest,
  PublishDiagnosticsNotification,
  ReferencesRequest,
  RenameRequest,
  SemanticTokensRequest,
  ShutdownRequest,
  SignatureHelpRequest,
  type CompletionItem,
  type Location,
  type Position,
  type PublishDiagnosticsParams,
} from "vscode-languageserver-protocol";
import { COMMAND } from "../cli/faultline.js";

const folder = mkdtempSync(join(tmpdir(), "faultline-lsp-"));
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;

const MINE = `/// Faults of mine.
event mine {
  provider software:page-faults:1 { small: bytes = 4096B }
}
import "lib.fl"

mine sum(small) by comm;
direct_reclaim hist(latency) by comm where latency > 1ms;
theirs by address, size / 4KB;
malloc by cmm
`;

let child: ChildProcess;
let client: MessageConnection;
const published: PublishDiagnosticsParams[] = [];
const uri = uriOf("mine.fl");

/** The position of a piece of the text, or of the end of it. */
function at(piece: string, end = false): Position {
  const offset = MINE.indexOf(piece) + (end ? piece.length : 0);
  const before = MINE.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

const about = (piece: string, end = false): { textDocument: { uri: string }; position: Position } => ({
  textDocument: { uri },
  position: at(piece, end),
});

beforeAll(async () => {
  writeFileSync(join(folder, "lib.fl"), "/// In another file.\nevent theirs = malloc_call\n");
  const [program = "", ...words] = COMMAND;
  child = spawn(program, [...words, "lsp", "--stdio", "--kernel", "debian13"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (!child.stdout || !child.stdin) throw new Error("the server has no pipes");
  client = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  client.onNotification(PublishDiagnosticsNotification.type, (params) => void published.push(params));
  client.listen();
  const completion = { completionItem: { snippetSupport: true } };
  await client.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { completion } },
  });
  await client.sendNotification(InitializedNotification.type, {});
  await client.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "faultline", version: 1, text: MINE },
  });
}, 60_000);

afterAll(async () => {
  await client.sendRequest(ShutdownRequest.type);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await client.sendNotification(ExitNotification.type);
  expect(await ended).toBe(0);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function problems(
  version: number,
  fits: (texts: readonly string[]) => boolean,
): Promise<readonly string[]> {
  for (;;) {
    const found = published
      .filter((each) => each.uri === uri && each.version === version)
      .map(({ diagnostics }) => diagnostics.map(({ message }) => String(message)));
    const fit = found.find(fits);
    if (fit) return fit;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("mistakes are reported, and their hints when typing has paused", async () => {
  const found = await problems(1, (texts) => texts.some((text) => text.includes("did you mean `comm`?")));
  expect(found.find((text) => text.includes("cmm"))).toBe(
    "`malloc` has no field `cmm`\nhint: did you mean `comm`?",
  );
});

test("a hint is a quick fix", async () => {
  const range = { start: at("cmm"), end: at("cmm", true) };
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range,
    context: { diagnostics: [] },
  });
  const [first] = actions ?? [];
  expect(first).toMatchObject({
    title: "Write `comm`",
    edit: { changes: { [uri]: [{ range, newText: "comm" }] } },
  });
});

test("what fits is offered, in the service's order", async () => {
  const offered = await client.sendRequest(CompletionRequest.type, about("direct_reclaim hist(", true));
  const items = offered as CompletionItem[];
  expect(items.map(({ label }) => label)).toContain("latency");
  expect(items.map(({ sortText }) => sortText)).toEqual([...items.map(({ sortText }) => sortText)].sort());
  expect(items[0]).toMatchObject({ label: "latency", detail: "duration" });
});

test("hover says the type, the unit, and which probes are taken at what cost", async () => {
  const field = await client.sendRequest(HoverRequest.type, about("latency > 1ms"));
  expect(field?.contents).toMatchObject({ value: expect.stringContaining("latency: duration") as string });
  const source = await client.sendRequest(HoverRequest.type, about("direct_reclaim"));
  const { value } = source?.contents as { readonly value: string };
  expect(value).toContain("span direct_reclaim");
  expect(value).toMatch(/mm_vmscan_direct_reclaim_begin, \d+ to \d+ ns an event/);
});

test("a call shows what it takes", async () => {
  const help = await client.sendRequest(SignatureHelpRequest.type, about("sum(", true));
  expect(help?.signatures[0]).toMatchObject({ label: "sum(value)" });
});

describe("definitions", () => {
  test.each([
    ["mine sum", "mine.fl", 1],
    ["small) by", "mine.fl", 2],
    ["theirs by", "lib.fl", 1],
  ])("of %s in %s", async (piece, file, line) => {
    const [found] = (await client.sendRequest(DefinitionRequest.type, about(piece))) as Location[];
    expect(found).toMatchObject({ uri: uriOf(file), range: { start: { line } } });
  });

  test("of the standard library", async () => {
    const [found] = (await client.sendRequest(DefinitionRequest.type, about("direct_reclaim"))) as Location[];
    expect(found?.uri).toMatch(/\/stdlib\/memory\/\w+\.fl$/);
    expect(found?.range.start.line).toBeGreaterThan(0);
  });
});

test("references and renaming are of the same name", async () => {
  const context = { includeDeclaration: true };
  const found = await client.sendRequest(ReferencesRequest.type, { ...about("small) by"), context });
  expect(found).toHaveLength(2);
  const edit = await client.sendRequest(RenameRequest.type, { ...about("mine sum"), newName: "ours" });
  expect(edit?.changes?.[uri]?.map(({ range, newText }) => [range.start.line, newText])).toEqual(
    expect.arrayContaining([
      [1, "ours"],
      [6, "ours"],
    ]),
  );
  await expect(
    client.sendRequest(RenameRequest.type, { ...about("direct_reclaim"), newName: "ours" }),
  ).rejects.toThrow("defined by the standard library");
});

test("the outline, folds, hints and highlights", async () => {
  const textDocument = { uri };
  const symbols = await client.sendRequest(DocumentSymbolRequest.type, { textDocument });
  expect(symbols?.[0]).toMatchObject({ name: "mine", children: [{ name: "small" }] });
  const folds = await client.sendRequest(FoldingRangeRequest.type, { textDocument });
  expect(folds).toContainEqual(expect.objectContaining({ startLine: 1, endLine: 3 }));
  const range = { start: at("direct_reclaim"), end: at("malloc by") };
  const hints = await client.sendRequest(InlayHintRequest.type, { textDocument, range });
  expect(hints?.map(({ label }) => label).join("\n")).toMatch(/via .*mm_vmscan_direct_reclaim_begin/);
  const tokens = await client.sendRequest(SemanticTokensRequest.type, { textDocument });
  expect(tokens?.data.length).toBeGreaterThan(20);
});

test("a changed text is answered as it is now, and formatted", async () => {
  const text = "faults   by comm";
  await client.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ text }],
  });
  expect(await problems(2, () => true)).toEqual([]);
  const edits = await client.sendRequest(DocumentFormattingRequest.type, {
    textDocument: { uri },
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edits?.map(({ newText }) => newText)).toEqual(["faults by comm\n"]);
  const shown = await client.sendRequest("faultline/script", { uri, to: "bpftrace" });
  expect(shown).toMatchObject({ script: expect.stringContaining("software:page-faults:1") as string });
});
