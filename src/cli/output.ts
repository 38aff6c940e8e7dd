/** Files that are whole or not there: written beside their place, then renamed. */
import { writeFile } from "node:fs/promises";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";
import { reason } from "./input.js";
import { placeOf, type Place } from "./place.js";

export async function writeWhole(path: string, text: string): Promise<void> {
  let place: Place | undefined;
  try {
    place = placeOf(path);
    await writeFile(place.written, text, { flag: place.flags, mode: place.mode });
    await place.settle();
  } catch (error) {
    await place?.drop();
    throw new CliError(`cannot write ${path}: ${reason(error)}`, EXIT.usage);
  }
}
