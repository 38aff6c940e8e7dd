/** What the executable (a Node with the program in it) carries besides code; anything else has none. */
import { getAsset, isSea } from "node:sea";

/** Lists the files of the package among the assets. */
export const ASSET_LIST = "files.json";
export interface AssetFile {
  /** Within the package. It is the asset's name too. */
  readonly path: string;
  readonly mode: number;
}

/** Undefined where this is no such executable. Throws when it has no asset of that name. */
export function asset(name: string): Uint8Array | undefined {
  return isSea() ? new Uint8Array(getAsset(name)) : undefined;
}
