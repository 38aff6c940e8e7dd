/** Names for numbers: of definitions, of the library, and those that the kernel prints for fields of tracepoints. */
import { describe, expect, it } from "vitest";
import { bundledKernel, bundledNames, compile, type Plan } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { namedValues } from "../../src/kernel/flags/flag-sets.js";
import { standardLibrary } from "../../src/library/bundled.js";
import { namesOf } from "../../src/plan/set-names.js";
import { formatValue, plainValue } from "../../src/view/value/format-value.js";
import { CLOCK } from "../view/show.js";

const { kernel } = openProfile("profiles/debian13.profile");

function planned(text: string): Plan {
  const { plan, diagnostics } = compile(text, { kernel });
  if (!plan) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return plan;
}

function filter(text: string): string {
  return /^\/(.*)\/ \{/m.exec(compile(text, { kernel }).script?.text ?? "")?.[1] ?? "";
}

/** How the first key of a query is shown: in a table, and to programs. */
function shown(text: string, value: number): readonly unknown[] {
  const plan = planned(text);
  const [result] = plan.results;
  if (result?.kind !== "groups") throw new Error("no groups");
  const [column] = result.keys;
  if (!column) throw new Error("no key");
  const names = namesOf(plan, (kind, of) => namedValues(kernel, kind, of));
  const formatting = { names, clock: CLOCK };
  return [formatValue(value, column, formatting), plainValue(value, column, formatting)];
}

const COLORS = "enum color { RED = 1, GREEN = 1 << 1 BLUE = 0x4 }";
const STYLES = "flags style { BOLD = 1, ITALIC = 2 }";
const defined = (type: string): string =>
  `event e { provider tracepoint:sched:sched_switch { x: ${type} = args.next_pid } }`;

describe("a set of names", () => {
  it("names numbers in results and in conditions", () => {
    const text = `${COLORS} ${defined("enum color")} e by x where x == GREEN or x in (RED, BLUE)`;
    expect(shown(text, 2)).toEqual(["GREEN", "GREEN"]);
    expect(shown(text, 3)).toEqual(["3", 3]);
    expect(filter(text)).toBe("args.next_pid == 2 || args.next_pid == 1 || args.next_pid == 4");
  });

  it("names bits", () => {
    const text = `${STYLES} ${defined("flags style")} e by x where x has BOLD|ITALIC`;
    expect(shown(text, 3)).toEqual(["BOLD|ITALIC", "BOLD|ITALIC"]);
    expect(filter(text)).toContain("args.next_pid & 0x3");
  });

  it("goes with the plan, and only where it is shown", () => {
    expect(planned(`${COLORS} ${defined("enum color")} e by x`).names).toEqual([
      { kind: "enum", of: "color", members: [["RED", 1n], ["GREEN", 2n], ["BLUE", 4n]] }, // prettier-ignore
    ]);
    expect(planned(`${COLORS} ${defined("enum color")} e by comm where x == RED`).names).toBeUndefined();
  });

  it("is named by a BCC program", () => {
    const { script } = compile(`${COLORS} ${defined("enum color")} e by x`, { kernel, to: "bcc" });
    expect(script?.text).toContain('COLOR = [("RED", 0x1), ("GREEN", 0x2), ("BLUE", 0x4)]');
  });

  it("of BTF without a name is known by a member", () => {
    expect(shown(`${defined("enum MM_ANONPAGES")} e by x`, 1)[0]).toBe("MM_ANONPAGES");
  });

  it.each(standardLibrary().setNames())("%s of the library is taken by every kernel", (name) => {
    for (const each of bundledNames) {
      const { diagnostics } = compile(`${defined(`enum ${name}`)} e by x`, { kernel: bundledKernel(each) });
      expect(diagnostics).toEqual([]);
    }
  });
});

describe("a field that the kernel prints names for", () => {
  const VEC = "tracepoint:irq:softirq_entry by args.vec";

  it("is shown by them", () => {
    expect(shown(VEC, 3)).toEqual(["NET_RX", "NET_RX"]);
  });

  it("is compared with them, with the names of the kernel's code, and with numbers", () => {
    const tests = [
      "args.vec == NET_RX",
      "args.vec == NET_RX_SOFTIRQ",
      "args.vec == 3",
      'args.vec ~ "NET_R*"',
    ];
    expect(tests.map((test) => filter(`${VEC} where ${test}`))).toEqual(tests.map(() => "args.vec == 3"));
  });

  it("is calculated with as a number", () => {
    const text =
      "tracepoint:irq:softirq_entry sum(args.vec), max(args.vec) by args.vec + 1 where -args.vec < 2";
    expect(compile(text, { kernel }).diagnostics).toEqual([]);
  });
});

describe("the result of a system call", () => {
  const CALL = "tracepoint:syscalls:sys_exit_openat";

  it("is a number, or the name of an error", () => {
    expect(shown(`${CALL} by args.ret`, -2)).toEqual(["-ENOENT", -2]);
    expect(shown(`${CALL} by args.ret`, 7)).toEqual(["7", 7]);
    expect(shown(`${CALL} by args.ret`, -9999)).toEqual(["-9999", -9999]);
    expect(shown("kretprobe:__x64_sys_openat by retval", -13)[0]).toBe("-EACCES");
    expect(shown("syscall by result", -512)[0]).toBe("-ERESTARTSYS");
  });

  it("is compared with such a name", () => {
    expect(filter(`${CALL} by args.ret where args.ret == -ENOENT`)).toBe("args.ret == -2");
    expect(filter(`${CALL} by args.ret where args.ret not in (-EACCES, -EPERM)`)).toContain("-13");
  });

  it("is calculated with as any number", () => {
    expect(
      compile(`${CALL} sum(args.ret), hist(args.ret) where args.ret > 4096`, { kernel }).diagnostics,
    ).toEqual([]);
  });
});
