import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openPlace, PlaceTaken } from "../../src/cli/output/place.js";
import { Sink } from "../../src/cli/output/sink.js";
import { writeWhole } from "../../src/cli/output/whole-file.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

/** What is being written, beside the place of that name. */
function partsOf(name: string): string[] {
  return readdirSync(folder)
    .filter((each) => each.startsWith(`${name}.`) && each.endsWith(".part"))
    .map((each) => join(folder, each));
}

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
    const [part = ""] = partsOf("taken");
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
    const reader = spawn("cat", [pipe], { stdio: "ignore" });
    const place = await openPlace(pipe);
    expect(place.written).toBe(pipe);
    await place.settle();
    await place.drop();
    await place.close();
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    reader.kill();
    const nothing = await openPlace("/dev/null");
    expect(nothing.written).toBe("/dev/null");
    await nothing.close();
  });
});

describe("a file in a directory of someone else", () => {
  /** What nobody but root may touch. */
  function secret(name: string): string {
    const path = join(folder, name);
    writeFileSync(path, "secret");
    chmodSync(path, 0o600);
    return path;
  }

  function expectUntouched(path: string): void {
    expect(readFileSync(path, "utf8")).toBe("secret");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }

  it("has a name meanwhile that nobody knows before", async () => {
    const places = await Promise.all([1, 2].map(() => openPlace(join(folder, "unknown"))));
    const names = places.map(({ written }) => written);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/unknown\.[0-9a-f]{16}\.part$/);
    for (const place of places) {
      await place.drop();
      await place.close();
    }
    expect(partsOf("unknown")).toEqual([]);
  });

  it("is never more open than what it replaces", async () => {
    const path = secret("narrow");
    const place = await openPlace(path);
    expect(statSync(place.written).mode & 0o777).toBe(0o600);
    await place.drop();
    await place.close();
  });

  it("leaves alone what a link leads to that takes its name, and says so", async () => {
    const target = secret("target-of-swap");
    const path = join(folder, "swapped");
    writeFileSync(path, "old");
    chmodSync(path, 0o666);
    const place = await openPlace(path);
    rmSync(place.written);
    symlinkSync(target, place.written);
    await place.cut(3);
    await expect(place.settle()).rejects.toThrow(PlaceTaken);
    await place.drop();
    await place.close();
    expectUntouched(target);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(lstatSync(place.written).isSymbolicLink()).toBe(true);
    rmSync(place.written);
  });

  it("gives the results all the same, printed", async () => {
    const target = secret("target-of-results");
    const path = join(folder, "results");
    const sink = await Sink.open(path);
    sink.stream.write("what was measured");
    const [part = ""] = partsOf("results");
    rmSync(part);
    symlinkSync(target, part);
    const printed = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    try {
      await expect(sink.finish({ end: () => undefined }, { lost: 0, damaged: 0 })).rejects.toMatchObject({
        message: `cannot write ${path}: someone put another file in its place while it was written`,
        hint: "the results are printed instead",
      });
      await sink.discard();
      expect(printed.mock.calls.map(([piece]) => Buffer.from(piece as Uint8Array).toString()).join("")).toBe(
        "what was measured",
      );
    } finally {
      printed.mockRestore();
    }
    expectUntouched(target);
    expect(lstatSync(part).isSymbolicLink()).toBe(true);
    rmSync(part);
  });

  it.runIf(process.getuid?.() === 0)("follows no link that another user made", async () => {
    const target = secret("target-of-link");
    const link = join(folder, "planted");
    symlinkSync(target, link);
    lchownSync(link, 65_534, 65_534);
    await expect(writeWhole(link, "new")).rejects.toMatchObject({
      message: `cannot write ${link}: it is a link that another user made`,
      hint: "name the file that is meant, or one in a directory of yours",
    });
    expectUntouched(target);
  });

  it.runIf(process.getuid?.() === 0)("keeps its owner, but not where anyone may have put it", async () => {
    const [own, shared] = [join(folder, "own"), join(folder, "shared")];
    mkdirSync(own);
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    for (const directory of [own, shared]) {
      const path = join(directory, "result");
      writeFileSync(path, "old");
      chmodSync(path, 0o666);
      chownSync(path, 65_534, 65_534);
      await writeWhole(path, "new");
      expect(readFileSync(path, "utf8")).toBe("new");
    }
    expect(statSync(join(own, "result"))).toMatchObject({ uid: 65_534, mode: 0o100666 });
    expect(statSync(join(shared, "result")).uid).toBe(0);
    expect(statSync(join(shared, "result")).mode & 0o777).toBe(0o666 & ~process.umask());
  });
});
