/** Whether the kernel can emulate what a probe in user code replaces. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstInstructions } from "../../src/symbols/first-instruction.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();
const canBuild = process.arch === "x64" && spawnSync("gcc", ["--version"]).status === 0;

describe.skipIf(!canBuild)("the first instruction", () => {
  it.each([
    ["push %rbp", "emulated"],
    ["push %r14", "emulated"],
    ["nop", "emulated"],
    ["jmp 1f\n1:", "emulated"],
    ["lea 1(%rdi), %rax", "stepped"],
    ["endbr64", "stepped"],
    ["sub $8, %rsp", "stepped"],
  ])("%s is %s", (code, expected) => {
    const [source, file] = [join(folder, "f.s"), join(folder, "f.so")];
    writeFileSync(
      source,
      `.globl probed\n.type probed, @function\nprobed: ${code}\nret\n.size probed, .-probed\n`,
    );
    execFileSync("gcc", ["-shared", "-nostdlib", "-o", file, source]);
    const first = firstInstructions();
    expect(first({ type: "uprobe", parts: [file, "probed"] })).toBe(expected);
    expect(first({ type: "uprobe", parts: [file, "absent"] })).toBeUndefined();
    expect(first({ type: "kprobe", parts: ["probed"] })).toBeUndefined();
  });
});

it("is not known of a file that is not there", () => {
  expect(firstInstructions()({ type: "uprobe", parts: ["/no/such/file", "f"] })).toBeUndefined();
});
