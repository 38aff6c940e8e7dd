/** Files that are whole or not there: written beside their place, then renamed. */
import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";
import { reason } from "./input.js";
import { placeOf } from "./place.js";

export async function writeWhole(path: string, text: string): Promise<void> {
  let beside: string | undefined;
  try {
    const place = placeOf(path);
    beside = place.beside;
    await writeFile(beside ?? place.path, text, { flag: beside === undefined ? "w" : "wx" });
    if (beside === undefined) return;
    if (place.mode !== undefined) await chmod(beside, place.mode);
    await rename(beside, place.path);
  } catch (error) {
    if (beside !== undefined) await rm(beside, { force: true });
    throw new CliError(`cannot write ${path}: ${reason(error)}`, EXIT.usage);
  }
}
