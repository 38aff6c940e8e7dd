/** The options that the running kernel was built with. */
import { gunzipSync } from "node:zlib";
import type { FileAccess } from "./read-file.js";

/** Lines of `CONFIG_NAME=value`; undefined where they cannot be read. */
export function kernelConfig(
  release: string,
  files: Pick<FileAccess, "textOf" | "bytesOf">,
): string | undefined {
  const packed = files.bytesOf("/proc/config.gz");
  return packed === undefined
    ? files.textOf(`/boot/config-${release}`)
    : gunzipSync(packed).toString("latin1");
}
