/** A stand-in for bpftrace, a few lines of shell, that the command line finds in a folder. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** In its shell: the probes are attached; a file tells those outside. */
export const ATTACHED = `echo '{"type": "attached_probes", "data": {"probes": 1}}'; echo __BPFTRACE_NOTIFY_PROBES_ATTACHED >&2; touch "$HERE/attached"`;

/** `body` is what it does when it traces; `$HERE` is the folder. Returns the environment in which it is found. */
export function standIn(folder: string, body: string): { readonly PATH: string } {
  const path = join(folder, "bpftrace");
  writeFileSync(
    path,
    `#!/bin/sh\nHERE=${folder}\ncase "$*" in *version*) echo bpftrace v0.17.0; exit;; esac\necho $$ > "$HERE/pid"\n${body}\n`,
  );
  chmodSync(path, 0o755);
  return { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
}
