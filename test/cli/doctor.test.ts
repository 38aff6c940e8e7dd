import { describe, expect, it } from "vitest";
import { faultline } from "./faultline.js";

describe("faultline doctor", () => {
  it("exits with 0 where this machine is ready, and with 3 where it is not", () => {
    const { code, out, err } = faultline(["doctor", "--format", "json"]);
    const { version, ready, findings } = JSON.parse(out) as {
      version: number;
      ready: boolean;
      findings: { id: string; verdict: string }[];
    };
    expect(err).toBe("");
    expect(version).toBe(1);
    expect(code).toBe(ready ? 0 : 3);
    expect(findings.map(({ id }) => id)).toContain("bpftrace");
  });

  it("writes a line a thing, without colours where it is no terminal", () => {
    // What CI systems set makes some libraries colour everything.
    const { out } = faultline(["doctor"], { CI: "1" });
    for (const id of ["kernel", "tracefs", "privileges", "bpftrace", "cgroup2"])
      expect(out).toMatch(new RegExp(`^(yes|no|warning) +${id} `, "m"));
    expect(out).not.toContain("\u001b");
  });

  it("refuses a format that there is not", () => {
    expect(faultline(["doctor", "--format", "xml"])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("there are text, json"),
    });
  });
});
