/** What Python and its linter say of programs, which are not run. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Each takes the paths of programs. */
const COMPILER = ["python3", "-W", "error", "-m", "py_compile"] as const;
const LINTER = ["pyflakes3"] as const;

export const hasPython = spawnSync("python3", ["--version"]).status === 0;
const hasLinter = spawnSync(LINTER[0], ["--version"]).status === 0;

/** Empty when all is well. */
export function pythonErrors(programs: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), "faultline-python-"));
  try {
    const paths = programs.map((text, i) => {
      const path = join(directory, `program_${i}.py`);
      writeFileSync(path, text);
      return path;
    });
    return [COMPILER, ...(hasLinter ? [LINTER] : [])]
      .map(([command, ...options]) => {
        const { stdout, stderr } = spawnSync(command, [...options, ...paths], { encoding: "utf8" });
        return stdout + stderr;
      })
      .join("");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
