/** Runs the command line from its source, as a user would. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export function faultline(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "src/cli/main.ts", ...args],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...environment }, timeout: 60_000 },
  );
  return { code: status, out: stdout, err: stderr };
}
