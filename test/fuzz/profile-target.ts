/** Profiles of kernels: captured ones with bytes changed, and their cores with values changed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { profileKernel } from "../../src/kernel/profile/core-profile.js";
import { parseProfile } from "../../src/kernel/profile/core-profile-schema.js";
import { KernelError } from "../../src/kernel/error.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { compile } from "../../src/index.js";
import type { Chance } from "./chance.js";
import { mutateBytes, mutateValue } from "./mutate.js";
import { hasNoLeak, isPrintable } from "./oracles.js";
import type { Target } from "./target.js";

const NAMES = ["debian12", "debian13", "sid", "dev"] as const;
const files = new Map<string, Buffer>();

function fileOf(name: string): Buffer {
  const known = files.get(name) ?? readFileSync(join("profiles", name));
  files.set(name, known);
  return known;
}

/**
 * A name, then a change a line: where, how many bytes go, and the bytes that come, in base 16.
 * So a case is small, however large the file.
 */
function make(chance: Chance): string {
  const isCore = chance.is(0.6);
  const name = `${chance.pick(NAMES)}.${isCore ? "json" : "profile"}`;
  const file = fileOf(name);
  const changes: string[] = [];
  for (let left = 1 + chance.below(3); left > 0; left--) {
    // Most of a captured profile is packed; what is read before that is its first lines.
    const limit = !isCore && chance.is(0.6) ? 4000 : file.length;
    const at = chance.below(limit);
    const length = 1 + chance.below(200);
    const before = file.subarray(at, at + length).toString("latin1");
    const after = chance.is(0.6) ? mutateValue(before, chance) : mutateBytes(before, chance);
    changes.push(`${at} ${length} ${Buffer.from(after, "latin1").toString("hex")}`);
  }
  return `${name}\n${changes.join("\n")}\n`;
}

function changed(input: string): { readonly isCore: boolean; readonly bytes: Buffer } | undefined {
  const [name = "", ...changes] = input.split("\n");
  if (!/^(debian12|debian13|sid|dev)\.(json|profile)$/.test(name)) return undefined;
  let bytes = Buffer.from(fileOf(name));
  for (const change of changes) {
    const [at, length, hex = ""] = change.split(" ");
    if (!(Number(at) >= 0 && Number(length) > 0)) continue;
    const end = Number(at) + Number(length);
    bytes = Buffer.concat([bytes.subarray(0, Number(at)), Buffer.from(hex, "hex"), bytes.subarray(end)]);
  }
  return { isCore: name.endsWith(".json"), bytes };
}

const ASKED = [
  "faults by comm, file",
  "direct_reclaim hist(latency) by comm",
  "kprobe:handle_mm_fault(vma, address, flags) hist(address) where flags has FAULT_FLAG_WRITE",
  "tracepoint:vmscan:* by probe",
  "open allocation sum(size) by ustack",
  "rss show time, comm, member, size in MB where size > 100MB",
];

function run(input: string): void {
  const file = changed(input);
  if (!file) return;
  const folder = mkdtempSync(join(tmpdir(), "faultline-fuzz-"));
  try {
    const path = join(folder, "changed.profile");
    writeFileSync(path, file.bytes);
    ask(file.isCore ? profileKernel(parseProfile(file.bytes.toString())) : openProfile(path).kernel);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    hasNoLeak("what is told", error.message, file.bytes.toString("latin1"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(kernel: Kernel): void {
  for (const to of ["bpftrace", "bcc"] as const)
    for (const text of ASKED) {
      const { script } = compile(text, { kernel, to });
      if (script) isPrintable("the script", script.text);
    }
}

export const profileTarget: Target = { name: "profile", share: 9, make, run };
