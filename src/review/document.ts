/**
 * The file that a reviewer signs: a description for people, the script, and the request that it was compiled from.
 *
 *     Faultline review 1
 *     …                                       what is asked, read, written and taken
 *     SHA-256 of the script: 64 digits
 *     ----- BEGIN SCRIPT -----
 *     …                                       its last line has the digest of the description and of the request
 *     ----- END SCRIPT -----
 *     ----- BEGIN REQUEST -----
 *     {…}                                     see `request.ts`
 *     ----- END REQUEST -----
 *
 * So the hash of the script answers for the whole file. Whoever knows the hash needs to trust nothing else in it.
 */
import { createHash } from "node:crypto";
import { DataError } from "../files/checked-data.js";
import { checkedRequest, type ReviewedRequest } from "./request.js";

const TITLE = "Faultline review 1";
const HASH = "SHA-256 of the script: ";
const MARKS = {
  script: ["----- BEGIN SCRIPT -----", "----- END SCRIPT -----"],
  request: ["----- BEGIN REQUEST -----", "----- END REQUEST -----"],
} as const;

const NO_REVIEW = "is not a review that `faultline review` wrote";

export interface Review {
  readonly script: string;
  /** The SHA-256 of the script. */
  readonly hash: string;
  readonly request: ReviewedRequest;
}

export interface Reviewable {
  readonly script: string;
  /** What begins a comment in it that ends with the line. */
  readonly lineComment: string;
  /** For people, in whole lines. */
  readonly description: string;
  readonly request: ReviewedRequest;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

export function writeReview({ script, lineComment, description, request }: Reviewable): {
  readonly text: string;
  readonly hash: string;
} {
  const data = `${JSON.stringify(request, undefined, 1)}\n`;
  const bound = `${script}${digestLine(lineComment, description, data)}\n`;
  const hash = sha256(bound);
  const [[begin, end], [beginData, endData]] = [MARKS.script, MARKS.request];
  return {
    hash,
    text: `${TITLE}\n${description}${HASH}${hash}\n${begin}\n${bound}${end}\n${beginData}\n${data}${endData}\n`,
  };
}

function digestLine(lineComment: string, description: string, data: string): string {
  return `${lineComment} Reviewed with a description and a request whose SHA-256 is ${sha256(description + data)}`;
}

/** Reads a review, which may come from anyone, and checks that it is whole. Throws a `DataError`. */
export function readReview(text: string): Review {
  const lines = text.split("\n");
  const at = [MARKS.script, MARKS.request].flat().map((mark) => onlyLine(lines, mark));
  const [begin = 0, end = 0, beginData = 0, endData = 0] = at;
  const isFramed =
    lines[0] === TITLE &&
    begin < end &&
    end + 1 === beginData &&
    beginData < endData &&
    endData + 2 === lines.length &&
    lines.at(-1) === "";
  const stated = lines[begin - 1] ?? "";
  if (!isFramed || !stated.startsWith(HASH)) throw new DataError("", NO_REVIEW);
  const inLines = (from: number, to: number): string =>
    lines
      .slice(from, to)
      .map((line) => `${line}\n`)
      .join("");
  const script = inLines(begin + 1, end);
  const hash = sha256(script);
  if (stated !== HASH + hash)
    throw new DataError("", "was changed: its script does not have the hash that stands above it");
  const data = inLines(beginData + 1, endData);
  const last = lines[end - 1] ?? "";
  if (!last.endsWith(digestLine("", inLines(1, begin - 1), data)))
    throw new DataError(
      "",
      "was changed: its description or its request is not what the script was reviewed with",
    );
  return { script, hash, request: checkedRequest(parsed(data)) };
}

function onlyLine(lines: readonly string[], mark: string): number {
  const at = lines.indexOf(mark);
  if (at < 0 || lines.indexOf(mark, at + 1) >= 0) throw new DataError("", NO_REVIEW);
  return at;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new DataError("", NO_REVIEW);
  }
}

/** The hash that a user gives: 64 digits, as `sha256sum` prints them. Undefined if it is none. */
export function hashGiven(text: string): string | undefined {
  const digits = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text.trim())?.[1];
  return digits?.toLowerCase();
}
