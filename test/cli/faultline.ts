/** Runs the command line from its source, as a user would. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

export interface Ran {
  readonly code: number | null | undefined;
  readonly out: string;
  readonly err: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The same beside others: for tests that run at once. */
export async function faultlineBeside(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ran> {
  // Found by its path, as a test may take the PATH away.
  const loader = `${ROOT}node_modules/tsx/dist/esm/index.mjs`;
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ["--import", loader, "src/cli/main.ts", ...args],
    { cwd: ROOT, reject: false, env: environment, stdin: "ignore" },
  );
  return { code: exitCode, out: stdout, err: stderr };
}

export function faultline(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "src/cli/main.ts", ...args],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...environment }, timeout: 60_000 },
  );
  return { code: status, out: stdout, err: stderr };
}
