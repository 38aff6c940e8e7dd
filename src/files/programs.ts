/**
 * Programs that this one starts: where they are, and what they are given. It runs as root where anybody may plant a
 * file, so nothing that it starts comes from the working directory or from a directory that others may write to, and
 * nothing that it starts runs there or inherits what would make it load other code.
 */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";

/** Where distributions put it that a user's PATH may not have. */
const MORE_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

/** Where a program of our own runs. */
export const WORKING_DIRECTORY = "/";

/** What a tracer may be told by its environment: words and places, and nothing that loads code. */
const PASSED = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|HOME|TMPDIR|BPFTRACE_[A-Z_]+|BCC_[A-Z_]+)$/;

/** A program of our own, by its name: where only root, or who runs this, may have put it. */
export function findProgram(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return candidates(name, environment).find(isTrusted);
}

/** One that was passed over because others may change it. */
export function untrustedProgram(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return candidates(name, environment).find((path) => !isTrusted(path));
}

/** A command of the user's, as a shell finds it, except that a bare name is never taken from the working directory. */
export function findCommand(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (name.includes("/")) return isProgram(name) ? name : undefined;
  return candidates(name, environment)[0];
}

/** The environment of a program of our own: `more` comes first. */
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

/** What execa starts a program of our own with. */
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

/** Whether nobody else can put another file in its place, or change it. */
function isTrusted(path: string): boolean {
  try {
    const real = realpathSync(path);
    return isOurs(real) && isTrustedPlace(dirname(real)) && isTrustedPlace(dirname(path));
  } catch {
    return false;
  }
}

/** A directory and all above it. */
function isTrustedPlace(path: string): boolean {
  try {
    const real = realpathSync(path);
    return isOurs(real) && (dirname(real) === real || isTrustedPlace(dirname(real)));
  } catch {
    return false;
  }
}

const OTHERS_WRITE = 0o022;
/** In such a directory nobody renames what belongs to somebody else. */
const STICKY = 0o1000;

function isOurs(path: string): boolean {
  const { uid, mode } = statSync(path);
  const isOwn = uid === 0 || uid === process.geteuid?.();
  return isOwn && ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0);
}
