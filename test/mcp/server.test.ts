/** Drives `faultline mcp` with the client of the protocol's SDK. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, test } from "vitest";
import { COMMAND } from "../cli/faultline.js";

const kernel = "debian13";

async function connected<R>(words: readonly string[], use: (client: Client) => Promise<R>): Promise<R> {
  const [command = "", ...args] = COMMAND;
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StdioClientTransport({ command, args: [...args, "mcp", ...words] }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const call = async (client: Client, name: string, given: object): Promise<unknown> => {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: { ...given } });
  return isError === true ? content : structuredContent;
};

test("without --allow-run there is no way to run anything", () =>
  connected([], async (client) => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      "check",
      "compile",
      "doc",
      "explain",
      "list",
      "replay",
    ]);
    const refused = await client.callTool({ name: "run", arguments: { query: "faults", seconds: 1 } });
    expect(refused.isError).toBe(true);
    expect(JSON.stringify(refused.content)).toContain("run not found");
  }));

test("with it there is a tool that runs queries", () =>
  connected(["--allow-run"], async (client) => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("run");
  }));

test("the tools answer with data", () =>
  connected([], async (client) => {
    expect(await call(client, "check", { query: "faults by cmm", kernel })).toMatchObject({
      valid: false,
      diagnostics: [{ code: "unknown-name", start: 10, end: 13, corrected: "faults by comm" }],
    });
    expect(await call(client, "compile", { query: "faults by comm", kernel })).toMatchObject({
      script: expect.stringContaining("software:page-faults:1") as string,
      unavailable: false,
      diagnostics: [],
    });
    expect(await call(client, "explain", { query: "faults by comm", kernel })).toMatchObject({
      exitStatus: 0,
      result: { version: 2, probes: [{ source: "faults" }] },
    });
    expect(await call(client, "list", { pattern: "direct_recl*", kernel })).toMatchObject({
      result: { sources: [{ name: "direct_reclaim" }] },
    });
    expect(await call(client, "doc", { name: "memleak", kernel })).toMatchObject({
      text: expect.stringContaining("--min-age") as string,
    });
    expect(await call(client, "replay", { recording: "swapin" })).toMatchObject({ exitStatus: 0 });
  }));

test("what fails is a result with its reason", () =>
  connected([], async (client) => {
    const found = await call(client, "doc", { name: "--help", kernel });
    expect(JSON.stringify(found)).toContain("there is no source or tool `--help`");
    expect(JSON.stringify(await call(client, "compile", { query: "faults", kernel: "none" }))).toContain(
      "there is no kernel profile `none`",
    );
  }));
