/** A script that was reviewed, as `faultline run FILE --expect HASH` runs it: that script and no other. */
import { reason } from "../../diagnostics/system-error.js";
import { DataError } from "../../files/checked-data.js";
import { readNamed } from "../../files/untrusted-file.js";
import type { CompileOptions } from "../../index.js";
import { hashGiven, readReview, sha256, type Review } from "../../review/document.js";
import { compileOptions, type ReviewedRequest } from "../../review/request.js";
import { findBinaries } from "../../symbols/libraries.js";
import { codeOf, type Script } from "../../tracers/script.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { version } from "../version.js";
import { LARGEST_FILE, type Request } from "./request.js";

export const REVIEWED = ".reviewed";

/** A script may be as long as its query, many times over. */
const LARGEST_REVIEW = 4 * LARGEST_FILE;

export type Located = Pick<ReviewedRequest, "isLocated" | "pid" | "library" | "prefixes">;

/** Where programs are found: none are looked up for a script that was compiled for a profile. */
export function reviewedBinaries({ isLocated, pid, library, prefixes = [] }: Located): CompileOptions {
  if (!isLocated) return {};
  return {
    binaries: findBinaries({
      ...(pid === undefined ? { looksAround: true } : { pid }),
      ...(library === undefined ? {} : { library }),
      prefixes,
    }),
  };
}

/** Whether words of `run` name a reviewed script. */
export function namesReview(what: readonly string[], expect: string | undefined): boolean {
  return expect !== undefined || (what.length === 1 && what[0]?.endsWith(REVIEWED) === true);
}

/** Reads the review and checks that it is the expected one. Throws a `CliError`. */
export function openReview(what: readonly string[], expect: string | undefined): Review {
  const [path] = what;
  if (path === undefined || what.length > 1)
    throw new CliError("--expect is for one file that `faultline review` wrote");
  if (expect === undefined)
    throw new CliError(
      `${path}: which script was approved is not known without its hash`,
      EXIT.usage,
      `\`faultline run ${path} --expect HASH\`, with the hash that the reviewer gave`,
    );
  const wanted = hashGiven(expect);
  if (wanted === undefined)
    throw new CliError(`--expect is a SHA-256, 64 hexadecimal digits, not \`${expect}\``);
  const review = read(path);
  if (review.hash === wanted) return review;
  throw new CliError(
    `${path}: this is not the script that was approved: its SHA-256 is ${review.hash}`,
    EXIT.usage,
    "nothing was run; ask the reviewer for the file that the hash is of, or for a review of this one",
  );
}

function read(path: string): Review {
  try {
    return readReview(readNamed(path, { largest: LARGEST_REVIEW }).toString("utf8"));
  } catch (error) {
    if (error instanceof DataError) throw new CliError(`${path}: ${error.message}`);
    throw new CliError(`cannot read ${path}: ${reason(error)}`);
  }
}

export function requestOf({ request }: Review): Request {
  return { text: request.text, options: compileOptions(request) };
}

/**
 * The reviewed script, to be read by the plan that this machine makes of its request. Throws a `CliError` if that plan
 * has another script: its results would not be what was asked.
 */
export function approved({ script, request }: Review, compiled: Script): Script {
  const code = codeOf(compiled);
  if (sha256(code) === request.code) return { ...compiled, text: script };
  const known = new Set(script.split("\n"));
  const first = code.split("\n").find((line) => line.trim() !== "" && !known.has(line));
  const { kernel, release } = request.target;
  const by = request.faultline === version() ? "" : `, by Faultline ${request.faultline}`;
  throw new CliError(
    `the script that was approved is for ${kernel} (${release})${by}, and the query has another one here${first === undefined ? "" : `; the first line that differs: ${first.trim()}`}`,
    EXIT.machineCannot,
    "nothing was run; `faultline review` on this machine, with --kernel live, writes the script to approve",
  );
}
