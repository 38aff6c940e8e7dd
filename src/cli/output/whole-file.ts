/** Writes files atomically: beside the destination, then renamed. */
import { writeFile } from "node:fs";
import { promisify } from "node:util";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { reason } from "../../diagnostics/system-error.js";
import { openPlace, type OutputPlace } from "./place.js";

const writeTo = promisify(writeFile);

/** Writes a file. Throws a `CliError` with the given exit status. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  exit: number = EXIT.usage,
): Promise<void> {
  let place: OutputPlace | undefined;
  try {
    place = await openPlace(path);
    await writeTo(place.descriptor, content);
    await place.settle();
  } catch (error) {
    await place?.drop();
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot write ${path}: ${reason(error)}`, exit);
  } finally {
    await place?.close();
  }
}
