/** Starts the server for assistants on standard input and output. */
import { spawn } from "node:child_process";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { asset, ASSET_LIST } from "../../assets.js";
import { createAssistantServer, type AssistantHost, type CommandOutcome } from "../../mcp/server.js";

/** Resolves when the assistant has ended the connection. */
export async function startAssistantServer(host: Omit<AssistantHost, "command">): Promise<void> {
  const server = createAssistantServer({ ...host, command: runOwn });
  const closed = new Promise<void>((resolve) => process.stdin.once("close", resolve));
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
}

/** Runs a command of this program as a process of its own, so that what it prints does not mix with the protocol. */
function runOwn(words: readonly string[], signal: AbortSignal): Promise<CommandOutcome> {
  // The executable is the program; otherwise Node runs it.
  const own = asset(ASSET_LIST) === undefined ? [...process.execArgv, process.argv[1] ?? ""] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...own, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => out.push(piece));
    child.stderr.on("data", (piece: Buffer) => err.push(piece));
    // A trace that is no longer wanted ends as with Ctrl-C, so that its probes are detached.
    const stop = (): void => void child.kill("SIGINT");
    signal.addEventListener("abort", stop);
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      resolve({ code: code ?? 1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() });
    });
  });
}
