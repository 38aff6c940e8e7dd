/** Runs the command line from its source, as a user would. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

export interface Ran {
  readonly code: number | null | undefined;
  readonly out: string;
  readonly err: string;
}

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The words before its own. The loader and the program have whole paths: a test may change the PATH and the folder. */
export const COMMAND: readonly [string, ...string[]] = [
  process.execPath,
  "--import",
  `${ROOT}node_modules/tsx/dist/esm/index.mjs`,
  `${ROOT}src/cli/main.ts`,
];

/** The same with something of it made to fail; see `faults.ts`. */
export const FAULTY_COMMAND: typeof COMMAND = [
  COMMAND[0],
  ...COMMAND.slice(1, -1),
  "--import",
  `${ROOT}test/cli/faults.ts`,
  ...COMMAND.slice(-1),
];

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
