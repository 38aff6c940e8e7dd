/** The assets embedded in the single executable; other ways to run the program have none. */
import { getAsset, isSea } from "node:sea";

/** The asset that lists the files of the package. */
export const ASSET_LIST = "files.json";
export interface AssetFile {
  /** The path within the package, which is also the name of the asset. */
  readonly path: string;
  readonly mode: number;
}

/** Returns an asset; undefined outside the single executable. Throws if there is no asset of that name. */
export function asset(name: string): Uint8Array | undefined {
  return isSea() ? new Uint8Array(getAsset(name)) : undefined;
}
