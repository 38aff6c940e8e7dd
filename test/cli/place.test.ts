import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placeOf } from "../../src/cli/place.js";
import { Sink } from "../../src/cli/sink.js";
import { writeWhole } from "../../src/cli/output.js";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "faultline-place-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that is written", () => {
  it("keeps its link and its mode", async () => {
    mkdirSync(join(folder, "real"));
    const real = join(folder, "real", "result");
    writeFileSync(real, "old");
    chmodSync(real, 0o600);
    const link = join(folder, "link");
    symlinkSync(real, link);
    await writeWhole(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, "utf8")).toBe("new");
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });

  it("stays beside its place where it cannot take its name, and its whereabouts are told", async () => {
    const path = join(folder, "taken");
    const sink = await Sink.open(path);
    sink.stream.write("results");
    mkdirSync(path);
    const part = `${path}.${process.pid}.part`;
    await expect(sink.finish({ end: () => undefined }, { lost: 0, damaged: 0 })).rejects.toMatchObject({
      message: expect.stringContaining(`cannot write ${path}`) as string,
      hint: `what was written so far is in ${part}`,
    });
    await sink.discard();
    expect(readFileSync(part, "utf8")).toBe("results");
  });

  it("is written as it is where it is no usual file, and never replaced", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const place = placeOf(pipe);
    expect(place.written).toBe(pipe);
    await place.settle();
    await place.drop();
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(placeOf("/dev/null").written).toBe("/dev/null");
    expect(placeOf(join(folder, "none")).written).toMatch(/none\.\d+\.part$/);
  });
});
