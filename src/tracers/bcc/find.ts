/** Finds the Python that has BCC, and its version. */
import { realpathSync } from "node:fs";
import { release } from "node:os";
import { coerce, lt } from "semver";
import { howToInstall } from "../../files/packages.js";
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
  const asked: { readonly path: string; readonly complaint: string }[] = [];
  for (const path of pythons(environment)) {
    const options = [...PYTHON_OPTIONS, "-c", ASK_BCC];
    const { stdout, stderr } = await askProgram(path, options, environment, 60_000);
    const version = coerce(/^bcc (\S+)/m.exec(stdout)?.[1] ?? "")?.version;
    if (version === undefined) {
      asked.push({ path, complaint: stderr.trim().split("\n").at(-1) ?? "" });
      continue;
    }
    if (lt(version, OLDEST_BCC))
      throw new TracerError(
        3,
        `BCC ${version} (${path}) is too old`,
        `faultline needs ${OLDEST_BCC} or newer`,
      );
    return { path, version };
  }
  const install = howToInstall("bcc", release(), (name) => findProgram(name, environment) !== undefined);
  // A module that is there and cannot be loaded: another Python's, or without its library.
  const broken = asked.find(({ complaint }) => /^\w*Error: (?!No module named '?bcc'?$)/.test(complaint));
  if (broken)
    throw new TracerError(
      3,
      `BCC of ${broken.path} cannot be loaded: ${broken.complaint}`,
      `again: ${install}`,
    );
  const whose = asked.map(({ path }) => path).join(" and ");
  throw new TracerError(
    3,
    asked.length === 0
      ? "BCC is not installed, nor a Python for it"
      : `BCC is not installed: ${whose} ${asked.length === 1 ? "does" : "do"} not have it`,
    `${install}, and the headers of the kernel`,
  );
}

/** The Pythons that may have it: that of the distribution first, then that of PATH, then those with a number. */
function pythons(environment: NodeJS.ProcessEnv): ReadonlySet<string> {
  const found = [
    findProgram("python3", { PATH: "/usr/bin" }),
    findProgram("python3", environment),
    ...MINOR_VERSIONS.map((minor) => findProgram(`python3.${minor}`, { PATH: "/usr/bin" })),
  ];
  // `python3` is a link to one of the others.
  const known = new Map<string, string>();
  for (const path of found)
    if (path !== undefined && !known.has(realpathSync(path))) known.set(realpathSync(path), path);
  return new Set(known.values());
}

/** From the newest on. */
const MINOR_VERSIONS = [15, 14, 13, 12, 11, 10, 9, 8, 7, 6] as const;
