/** What a reviewed script was compiled from: enough to compile it again where it is to run. */
import * as v from "valibot";
import type { CompileOptions } from "../index.js";
import { checkedData, wholeNumber } from "../files/checked-data.js";
import { AMENDABLE } from "../syntax/clauses.js";
import { NAME_OPTIONS } from "../syntax/name-tests.js";

/** Longer lists are no request. */
const MOST_IMPORTS = 256;
/** Of the arguments of a tool, and of prefixes. */
const MOST_WORDS = 1024;

const text = v.string();
const pid = wholeNumber("is not the number of a process", 2 ** 31);
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "is not a SHA-256"));

function list<const S extends v.GenericSchema>(of: S, most: number) {
  return v.pipe(v.array(of), v.maxLength(most, `is longer than ${most}`));
}

const schema = v.object({
  /** The version of Faultline that compiled it. */
  faultline: text,
  /** The name of the back end. */
  to: text,
  /** The version of its tracer. */
  version: v.exactOptional(text),
  target: v.object({ kernel: text, release: text }),
  /** As it was asked. */
  query: text,
  name: v.exactOptional(text),
  text,
  tool: v.exactOptional(
    v.object({
      name: text,
      arguments: list(v.strictTuple([text, text]), MOST_WORDS),
    }),
  ),
  amendments: v.exactOptional(
    list(v.strictTuple([v.picklist([...AMENDABLE, ...NAME_OPTIONS]), text]), MOST_WORDS),
  ),
  imports: list(v.object({ path: text, from: text, name: text, text }), MOST_IMPORTS),
  pid: v.exactOptional(pid),
  maxEntries: v.exactOptional(wholeNumber("is not a number of entries", 2 ** 31)),
  library: v.exactOptional(text),
  prefixes: v.exactOptional(list(text, MOST_WORDS)),
  /** Whether programs and libraries were looked up on the machine that compiled it. */
  isLocated: v.boolean(),
  /** The SHA-256 of the script without the comment at its start, which names the target. */
  code: digest,
});

export type ReviewedRequest = v.InferOutput<typeof schema>;

/** Throws a `DataError`. */
export function checkedRequest(value: unknown): ReviewedRequest {
  return checkedData(schema, value);
}

/** What a request says to the compiler, whatever the target. */
export function compileOptions(request: ReviewedRequest): CompileOptions {
  const { name, tool, amendments, imports, maxEntries, to } = request;
  return {
    to,
    form: "stream",
    ...(name === undefined ? {} : { name }),
    ...(tool ? { tool: { name: tool.name, arguments: Object.fromEntries(tool.arguments) } } : {}),
    ...(amendments ? { amendments: Object.fromEntries(amendments) } : {}),
    ...(maxEntries === undefined ? {} : { maxEntries }),
    // No file is read: what was imported is in the request.
    resolveImport: (path, from) => imports.find((each) => each.path === path && each.from === from.name),
  };
}
