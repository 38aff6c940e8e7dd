/** Whether text for a stream is coloured. */

let asked: boolean | undefined;

/** `--color` and `--no-color`. */
export function chooseColor(choice: boolean): void {
  asked = choice;
}

/**
 * The first of these that says something: the options `--color` and `--no-color`; NO_COLOR; FORCE_COLOR, of which 0 is
 * no; and whether the stream is a terminal that can. A file of results has none, since other programs read it.
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
