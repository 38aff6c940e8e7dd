/**
 * A kernel's own description, copied into a directory on the machine it runs on:
 *
 *     release machine page_size       uname -r, uname -m, getconf PAGESIZE
 *     btf/vmlinux btf/MODULE          /sys/kernel/btf
 *     events/CATEGORY/NAME/format     tracefs, as are the next three
 *     available_events available_filter_functions
 *     tracefs_files                   the names in tracefs' first directory, a line each
 *     config kallsyms.gz              /boot/config-… or /proc/config.gz unpacked; /proc/kallsyms
 *     denied                          which of these that kernel did not let root read
 *
 * `scripts/capture-core.py` makes one. Only `release` and `btf/vmlinux` must be there.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { AssembledKernel, type KernelFiles } from "./assembled.js";
import type { AttachEvidence } from "./attach.js";
import { KernelError } from "./error.js";
import type { Kernel } from "./kernel.js";
import { lazy } from "./lazy.js";
import { bytesOf, textOf } from "./read-file.js";

/** `id` is the directory's name when it is not given. */
export function openCapturedDirectory(directory: string, id = basename(resolve(directory))): Kernel {
  const text = (name: string): string | undefined => textOf(join(directory, name));
  const release = text("release")?.trim();
  if (release === undefined || !existsSync(join(directory, "btf/vmlinux")))
    throw new KernelError(`${directory} is no captured kernel: it has no release and btf/vmlinux`);
  const symbols = lazy(() => {
    const packed = bytesOf(join(directory, "kallsyms.gz"));
    return packed && gunzipSync(packed).toString("latin1");
  });
  const files: KernelFiles = {
    id,
    release,
    arch: text("machine")?.trim() ?? "x86_64",
    pageSize: Number(text("page_size") ?? 4096),
    gaps: [],
    symbols,
    btf: () => bytesOf(join(directory, "btf/vmlinux")),
    moduleNames: lazy(() =>
      readdirSync(join(directory, "btf"))
        .filter((name) => name !== "vmlinux")
        .sort(),
    ),
    moduleBtf: (module) => bytesOf(join(directory, "btf", module)),
    tracepointNames: () =>
      text("available_events")
        ?.split("\n")
        .filter((line) => line !== "") ?? [],
    tracepointFormat: (category, name) => text(join("events", category, name, "format")),
    traceable: () => text("available_filter_functions"),
    evidence: (): AttachEvidence => {
      const tracefs = text("tracefs_files")?.split("\n") ?? [];
      return {
        btf: true,
        tracepoints: existsSync(join(directory, "events")),
        kprobeInterface: tracefs.includes("kprobe_events"),
        uprobeInterface: tracefs.includes("uprobe_events"),
        functionList: functionList(directory, text("denied") ?? ""),
        config: text("config"),
        hasSymbol: (name) => symbols()?.includes(` ${name}\n`) ?? false,
      };
    },
  };
  return new AssembledKernel(files);
}

function functionList(directory: string, denied: string): AttachEvidence["functionList"] {
  const file = "available_filter_functions";
  if (existsSync(join(directory, file))) return "readable";
  return denied.split("\n").includes(file) ? "denied" : "unknown";
}
