/** Finds the Python that has BCC, and its version. */
import { coerce, lt } from "semver";
import { findProgram } from "../../files/programs.js";
import { askProgram } from "../ask-program.js";
import type { FoundProgram } from "../runner.js";
import { TracerError } from "../tracer-error.js";
import { OLDEST_BCC } from "./versions.js";

/** The arguments of Python: isolated, so that no module comes from the working directory or the user's own. */
export const PYTHON_OPTIONS = ["-I", "-B", "-u"] as const;
/** Prints the version of BCC, if this Python has it. */
const ASK_BCC = "import bcc; print('bcc', bcc.__version__)";

/** Finds the first Python that has BCC: distributions install it for their own Python. Throws a `TracerError`. */
export async function findBcc(environment: NodeJS.ProcessEnv): Promise<FoundProgram> {
  const pythons = new Set([
    findProgram("python3", { PATH: "/usr/bin" }),
    findProgram("python3", environment),
  ]);
  for (const path of pythons) {
    if (path === undefined) continue;
    const { stdout } = await askProgram(path, [...PYTHON_OPTIONS, "-c", ASK_BCC], environment, 60_000);
    const version = coerce(/^bcc (\S+)/m.exec(stdout)?.[1] ?? "")?.version;
    if (version === undefined) continue;
    if (lt(version, OLDEST_BCC))
      throw new TracerError(3, `BCC ${version} is too old`, `faultline needs ${OLDEST_BCC} or newer`);
    return { path, version };
  }
  throw new TracerError(
    3,
    "BCC is not installed",
    "install the package `python3-bpfcc` (on some distributions `python3-bcc`), and the headers of the kernel",
  );
}
