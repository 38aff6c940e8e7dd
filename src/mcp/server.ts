/** The server for assistants: the compiler, the library and recordings as tools of the Model Context Protocol. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { backEnds, check, compile, type Diagnostic, type Kernel } from "../index.js";

/** The outcome of a command line. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What the server needs of the machine. */
export interface AssistantHost {
  readonly version: string;
  /** Opens a kernel by the name that `--kernel` takes; without one it is this machine's, or the usual one. Throws with a reason. */
  readonly kernel: (name: string | undefined) => Promise<Kernel>;
  /** Runs a command of this program. */
  readonly command: (words: readonly string[], signal: AbortSignal) => Promise<CommandOutcome>;
  /** Whether queries may be run, which the user must have allowed. */
  readonly allowRun: boolean;
}

const query = z.string().min(1).max(100_000).describe("a query, such as `faults by comm where pid == 1`");
const kernel = z
  .string()
  .optional()
  .describe("the target: live, debian12, debian13, sid, or the path of a profile; by default this machine");

const diagnostic = z.object({
  severity: z.enum(["error", "warning", "note"]),
  code: z.string(),
  message: z.string(),
  start: z.number().describe("offset of the first character, in UTF-16 units"),
  end: z.number(),
  hint: z.string().optional(),
  corrected: z.string().optional().describe("the whole query with the hint followed"),
});

export function createAssistantServer(host: AssistantHost): McpServer {
  const server = new McpServer({ name: "faultline", version: host.version });
  const onlyReads = { readOnlyHint: true, openWorldHint: false };

  server.registerTool(
    "check",
    {
      description: "Report what is wrong with a query, with hints that compile when followed. Runs nothing.",
      inputSchema: { query, kernel },
      outputSchema: { valid: z.boolean(), diagnostics: z.array(diagnostic) },
      annotations: onlyReads,
    },
    async (given) =>
      answered(async () => {
        const { diagnostics } = check(given.query, { kernel: await host.kernel(given.kernel) });
        return { valid: !diagnostics.some(isError), diagnostics: diagnostics.map(plain) };
      }),
  );

  server.registerTool(
    "compile",
    {
      description: "Compile a query to a bpftrace script or a BCC program for a kernel. Runs nothing.",
      inputSchema: {
        query,
        kernel,
        to: z
          .string()
          .optional()
          .describe(`the back end: ${[...backEnds().keys()].join(", ")}`),
      },
      outputSchema: {
        script: z.string().optional(),
        unavailable: z.boolean().describe("the query is valid, and this kernel cannot answer it"),
        diagnostics: z.array(diagnostic),
      },
      annotations: onlyReads,
    },
    async (given) =>
      answered(async () => {
        if (given.to !== undefined && !backEnds().has(given.to))
          throw new Error(`there is no back end ${given.to}: there are ${[...backEnds().keys()].join(", ")}`);
        const compiled = compile(given.query, {
          kernel: await host.kernel(given.kernel),
          ...(given.to === undefined ? {} : { to: given.to }),
        });
        return {
          ...(compiled.script ? { script: compiled.script.text } : {}),
          unavailable: compiled.unavailable === true,
          diagnostics: compiled.diagnostics.map(plain),
        };
      }),
  );

  /** A tool whose answer is what a command prints as JSON. */
  const json = async (words: readonly string[], signal: AbortSignal): Promise<CallToolResult> =>
    answered(async () => {
      const { code, out, err } = await host.command(words, signal);
      const text = out.trim();
      if (text === "") throw new Error(err.trim() || `it ended with exit status ${code}`);
      const messages = err.trim();
      return {
        exitStatus: code,
        result: JSON.parse(text) as unknown,
        ...(messages === "" ? {} : { messages }),
      };
    });
  const outcome = {
    exitStatus: z.number(),
    result: z.unknown(),
    messages: z.string().optional().describe("what was said beside the result"),
  };
  const target = (name: string | undefined): readonly string[] =>
    name === undefined ? [] : ["--kernel", name];

  server.registerTool(
    "explain",
    {
      description:
        "Explain what a query means, which probes it takes and why, and what it costs. Runs nothing.",
      inputSchema: { query, kernel },
      outputSchema: outcome,
      annotations: onlyReads,
    },
    (given, { signal }) =>
      json(["explain", "--format", "json", ...target(given.kernel), "--", given.query], signal),
  );

  server.registerTool(
    "list",
    {
      description: "List the sources and tools of a kernel, with their fields and types.",
      inputSchema: {
        pattern: z.string().optional().describe("only names that match, such as `swap*`"),
        kernel,
      },
      outputSchema: outcome,
      annotations: onlyReads,
    },
    (given, { signal }) =>
      json(
        [
          "list",
          "--format",
          "json",
          ...target(given.kernel),
          "--",
          ...(given.pattern === undefined ? [] : [given.pattern]),
        ],
        signal,
      ),
  );

  server.registerTool(
    "doc",
    {
      description: "Describe a source or a tool: its fields, providers and options.",
      inputSchema: { name: z.string().min(1).max(200), kernel },
      outputSchema: { text: z.string() },
      annotations: onlyReads,
    },
    (given, { signal }) =>
      answered(async () => {
        const { code, out, err } = await host.command(
          ["doc", ...target(given.kernel), "--", given.name],
          signal,
        );
        if (code !== 0) throw new Error(err.trim());
        return { text: out };
      }),
  );

  server.registerTool(
    "replay",
    {
      description: "Show a recording again: the file of one, or the name of one that comes with Faultline.",
      inputSchema: { recording: z.string().min(1).max(4096) },
      outputSchema: outcome,
      annotations: onlyReads,
    },
    (given, { signal }) => json(["replay", "--format", "json", "--", given.recording], signal),
  );

  if (host.allowRun)
    server.registerTool(
      "run",
      {
        description: "Trace this machine with a query for a time, and return the result. Needs root.",
        inputSchema: {
          query,
          seconds: z.number().int().min(1).max(600).describe("how long to trace"),
          pid: z.number().int().positive().optional().describe("only this process"),
        },
        outputSchema: outcome,
        annotations: { readOnlyHint: false, openWorldHint: false },
      },
      (given, { signal }) =>
        json(
          [
            "run",
            "--format",
            "json",
            "--for",
            `${given.seconds}s`,
            ...(given.pid === undefined ? [] : ["--pid", String(given.pid)]),
            "--",
            given.query,
          ],
          signal,
        ),
    );
  return server;
}

const isError = ({ severity }: Diagnostic): boolean => severity === "error";

function plain({ severity, code, message, span, hint, corrected }: Diagnostic): z.infer<typeof diagnostic> {
  return {
    severity,
    code,
    message,
    start: span.start,
    end: span.end,
    ...(hint === undefined ? {} : { hint }),
    ...(corrected === undefined ? {} : { corrected }),
  };
}

/** The result as data, and as text for clients that take only that; a failure is a result with its reason. */
async function answered(answer: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
  try {
    const structuredContent = await answer();
    return {
      content: [{ type: "text", text: JSON.stringify(structuredContent, null, 1) }],
      structuredContent,
    };
  } catch (error) {
    return {
      isError: true,
      content: [{ type: "text", text: error instanceof Error ? error.message : String(error) }],
    };
  }
}
