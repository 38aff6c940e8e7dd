/**
 * Finds the programs that this one starts, and prepares their environment. It runs as root, where any user may plant a
 * file, so no program is taken from the working directory or from a directory that others can write to, and
 * none runs there or inherits variables that would make it load other code.
 */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";

/** Directories in which distributions install programs, and which a user's PATH may lack. */
const MORE_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

/** The working directory of the programs that are started. */
export const WORKING_DIRECTORY = "/";

/** The variables that a tracer may inherit: settings and paths, but nothing that loads code. */
const PASSED = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|HOME|TMPDIR|BPFTRACE_[A-Z_]+|BCC_[A-Z_]+)$/;

/** Finds a program by name in directories that only root or the current user can write to. */
export function findProgram(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return candidates(name, environment).find(isTrusted);
}

/** Returns a program that was skipped because other users could change it. */
export function untrustedProgram(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return candidates(name, environment).find((path) => !isTrusted(path));
}

/** Finds the user's command as a shell does, except that a bare name is never found in the working directory. */
export function findCommand(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (name.includes("/")) return isProgram(name) ? name : undefined;
  return candidates(name, environment)[0];
}

/** Returns the environment of a program that is started; `more` has priority. */
export function ownEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const passed = Object.entries(environment).flatMap(([name, value]): [string, string][] =>
    value !== undefined && PASSED.test(name) ? [[name, value]] : [],
  );
  const path = directories(environment).filter(isTrustedPlace).join(delimiter);
  return { ...Object.fromEntries(passed), PATH: path, ...more };
}

/** Returns execa's options for a program that is started. */
export function ownProgram(
  environment: NodeJS.ProcessEnv = process.env,
  more: Readonly<Record<string, string>> = {},
) {
  return {
    cwd: WORKING_DIRECTORY,
    env: ownEnvironment(environment, more),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
  } as const;
}

function directories(environment: NodeJS.ProcessEnv): readonly string[] {
  const own = (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  return [...new Set([...own, ...MORE_DIRECTORIES])];
}

function candidates(name: string, environment: NodeJS.ProcessEnv): readonly string[] {
  return directories(environment)
    .map((each) => join(each, name))
    .filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether no other user can replace or change the file. */
function isTrusted(path: string): boolean {
  try {
    const real = realpathSync(path);
    return isOurs(real) && isTrustedPlace(dirname(real)) && isTrustedPlace(dirname(path));
  } catch {
    return false;
  }
}

/** Whether no other user can replace files in a directory: it and all its parents are owned as `isOurs` requires. */
function isTrustedPlace(path: string): boolean {
  try {
    const real = realpathSync(path);
    return isOurs(real) && (dirname(real) === real || isTrustedPlace(dirname(real)));
  } catch {
    return false;
  }
}

const OTHERS_WRITE = 0o022;
/** The sticky bit of a directory, which prevents users from renaming the files of others. */
const STICKY = 0o1000;

function isOurs(path: string): boolean {
  const { uid, mode } = statSync(path);
  const isOwn = uid === 0 || uid === process.geteuid?.();
  return isOwn && ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0);
}
