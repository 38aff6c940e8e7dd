/** Files that are whole or not there: written beside their place, then renamed. */
import { rename, rm, writeFile } from "node:fs/promises";
import { EXIT } from "./exit.js";
import { CliError } from "./failure.js";
import { reason } from "./input.js";

export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await writeFile(beside, text, { flag: "wx" });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new CliError(`cannot write ${path}: ${reason(error)}`, EXIT.usage);
  }
}
