import { describe, expect, it } from "vitest";
import { conditionText } from "../../src/explain/prose-expression.js";
import { planOf } from "./helpers.js";

function conditionOf(condition: string): string {
  const [result] = planOf(`kprobe:handle_mm_fault(vma, address, flags) where ${condition}`).results;
  const asked = result?.asked[0]?.condition;
  if (!asked) throw new Error("there is no condition");
  return conditionText(asked);
}

describe("a condition in words", () => {
  it.each([
    ["pid == 3", "pid is 3"],
    ["not pid == 3", "pid is not 3"],
    ["not pid < 3", "pid is at least 3"],
    ["not (pid < 3 or uid == 0)", "not (pid is below 3 or uid is 0)"],
    ["pid > 1 and (uid == 0 or gid == 0)", "pid is above 1 and (uid is 0 or gid is 0)"],
    ["pid in (1, 2)", "pid is 1 or pid is 2"],
    ["elapsed >= 1500us", "elapsed is at least 1500us"],
    ["elapsed < 90s", "elapsed is below 90s"],
    ["elapsed < 2m", "elapsed is below 2m"],
    ['comm ~ "a*"', 'comm matches "a*"'],
    ['comm !~ "a*"', 'comm does not match "a*"'],
    ["flags has FAULT_FLAG_WRITE", "flags has FAULT_FLAG_WRITE"],
    ["not flags has FAULT_FLAG_WRITE", "flags has not FAULT_FLAG_WRITE"],
    ["flags & 0x30 != 0", "flags & 0x30 is not 0"],
    ["(pid + 1) * 2 > 7", "(pid + 1) * 2 is above 7"],
    ['vma.vm_file.f_path.dentry.d_name.name == "x"', 'vma->vm_file->f_path.dentry->d_name.name is "x"'],
  ])("%s", (condition, words) => {
    expect(conditionOf(condition)).toBe(words);
  });
});
