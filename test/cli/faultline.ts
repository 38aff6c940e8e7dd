/** Runs the command line as a user would, as it was built from today's source. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { inject } from "vitest";

export interface Ran {
  readonly code: number | null | undefined;
  readonly out: string;
  readonly err: string;
}

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The words before its own. Its path is whole: a test may change the folder. */
export const COMMAND: readonly [string, string] = [process.execPath, join(inject("built").whole, "cli.cjs")];

/** The same with something of it made to fail; see `faults.ts`. */
export const FAULTY_COMMAND: typeof COMMAND = [COMMAND[0], join(inject("built").faulty, "cli.cjs")];

/** The same beside others: for tests that run at once. With a `FAULT` in its environment, it has that. */
export async function faultlineBeside(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ran> {
  const [node, ...words] = environment["FAULT"] === undefined ? COMMAND : FAULTY_COMMAND;
  const options = { cwd: ROOT, reject: false, env: environment, stdin: "ignore" } as const;
  const { exitCode, stdout, stderr } = await execa(node, [...words, ...args], options);
  return { code: exitCode, out: stdout, err: stderr };
}

export function faultline(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Ran {
  const [node, ...words] = COMMAND;
  const options = {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, ...environment },
    timeout: 60_000,
  } as const;
  const { status, stdout, stderr } = spawnSync(node, [...words, ...args], options);
  return { code: status, out: stdout, err: stderr };
}
