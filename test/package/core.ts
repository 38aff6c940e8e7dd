/** What faultline must do wherever it is installed, with no tracer and no privilege. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

export type Command = (args: readonly string[]) => {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
};

const ROOT = join(import.meta.dirname, "../..");
export const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
};

/** `command` is asked for in each test, when it has been installed. */
export function core(command: () => Command): void {
  it("tells its version", () => {
    expect(command()(["--version"])).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
  });

  it("compiles for a bundled kernel", () => {
    const { code, out } = command()([
      "compile",
      'faults by comm where file ~ "*.so"',
      "--kernel",
      "debian12",
    ]);
    expect(out).toMatch(/handle_mm_fault/);
    expect(code).toBe(0);
  });

  it("compiles what only the whole profile of a kernel knows", () => {
    const { code, out } = command()([
      "compile",
      "kprobe:tcp_sendmsg(sk, msg, size) hist(size)",
      ..."--kernel debian12".split(" "),
    ]);
    expect(out).toMatch(/tcp_sendmsg/);
    expect(code).toBe(0);
  });

  it("refuses a wrong query", () => {
    const { code, out, err } = command()(["compile", "faults by cmm", "--kernel", "debian13"]);
    expect(err).toMatch(/did you mean `comm`\?/);
    expect([code, out]).toEqual([2, ""]);
  });

  it("formats", () => {
    expect(command()(["fmt", "faults   by  comm,pid"])).toEqual({
      code: 0,
      out: "faults by comm, pid\n",
      err: "",
    });
  });

  it("lists the sources", () => {
    const { code, out } = command()(["list", "swap*", "--kernel", "debian13"]);
    expect(out).toMatch(/^.*swapin /m);
    expect(code).toBe(0);
  });

  it("replays a bundled recording", () => {
    const names = command()(["replay"])
      .out.split("\n")
      .map((line) => line.split(" ")[0] ?? "");
    expect(names.filter((name) => name !== "").length).toBeGreaterThan(5);
    const { code, out, err } = command()(["replay", "vmscan", "--format", "csv"]);
    expect(out.split("\n").length).toBeGreaterThan(3);
    expect([code, err]).toEqual([0, ""]);
  });

  it("shows the lessons", () => {
    const { code, out } = command()(["exercise"]);
    expect(out).toMatch(/^ {1}1 {2}\S/);
    expect(command()(["exercise", "1"]).out).toMatch(/^# 1\. /);
    expect(code).toBe(0);
  });
}
