/** Where the code is, and what comes with it. */
import { pathToFileURL } from "node:url";

let file: string | undefined;

/** To be called by a start-up snapshot, whose code knows only where the snapshot was made. */
export function nameCodePlace(path: string): void {
  file = path;
}

/** The URL of a file in the folder of the bundle, or of this file. */
export function codePlace(): string {
  return file === undefined ? import.meta.url : pathToFileURL(file).href;
}
