/** Decides whether text on a stream is coloured. */

let asked: boolean | undefined;

/** The choice made by `--color` or `--no-color`. */
export function chooseColor(choice: boolean): void {
  asked = choice;
}

/**
 * Whether to colour a stream. The first that is set decides: `--color` and `--no-color`; NO_COLOR; FORCE_COLOR, where
 * 0 means no; and whether the stream is a terminal with colours. A result file has none, since programs read it.
 */
export function wantsColor(
  stream: { readonly isTTY?: boolean; readonly isFile?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  if (stream.isFile === true) return false;
  if (asked !== undefined) return asked;
  if (environment["NO_COLOR"]) return false;
  const forced = environment["FORCE_COLOR"];
  if (forced) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}
