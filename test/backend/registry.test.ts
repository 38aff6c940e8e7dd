/** A back end from outside: it is registered, and all that there is knows it, without a change of any other file. */
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import { runWords } from "../../src/cli/run-words.js";
import { backEnds, compile, registerBackEnd, type Explanation } from "../../src/index.js";
import { RUNNERS } from "../../src/tracers/runners.js";
import { SHIPPED } from "../../src/tracers/shipped.js";
import { called } from "../cli/called.js";
import type { Ran } from "../cli/faultline.js";
import { planJson } from "./plan-json.js";

beforeAll(() => registerBackEnd("plan-json", planJson));

/** What the command line prints for these words. */
function faultline(...words: readonly string[]): Promise<Ran> {
  return called(async () => {
    await runWords(createProgram(), words);
    return Number(process.exitCode);
  });
}

describe("a back end that is registered", () => {
  it("is compiled with by its name", () => {
    const { script, diagnostics } = compile("faults by comm", { to: "plan-json" });
    expect(diagnostics).toEqual([]);
    expect(JSON.parse(script?.text ?? "")).toMatchObject({
      probes: [{ point: { type: "software" } }],
      results: [{ kind: "groups", query: "faults by comm" }],
    });
  });

  it("is what `--to` takes, in help too", async () => {
    const ran = await faultline("compile", "faults by comm", "--to", "plan-json", "--kernel", "debian13");
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(ran.out)).toHaveProperty("probes");
    const help = await faultline("help", "compile");
    expect(help.out.replace(/\s+/g, " ")).toContain("plan-json: the plan as JSON");
  });

  it("is shown by `explain` beside the others", async () => {
    const words = ["explain", "faults by comm", "--kernel", "debian13"];
    const { out } = await faultline(...words);
    expect(out).toMatch(/^In bpftrace, in BCC and in JSON$/m);
    expect(out).toMatch(/^ {4}JSON\n {6}\[\n/m);
    expect(out.replace(/\s+/g, " ")).toContain("and `faultline compile --to plan-json` write the whole programs");
    const { backEnds: written } = JSON.parse((await faultline(...words, "--format", "json")).out) as Explanation;
    expect(written.map(({ name, version }) => [name, version])).toEqual([
      ["bpftrace", SHIPPED.debian13.bpftrace],
      ["bcc", SHIPPED.debian13.bcc],
      ["plan-json", undefined],
    ]);
  }); // prettier-ignore

  it("has a name of its own", () => {
    expect(() => registerBackEnd("plan-json", planJson)).toThrow("there is a back end `plan-json` already");
    expect(() => compile("faults", { to: "constructor" })).toThrow("there is no back end `constructor`");
  });

  it("is written as docs/backend.md says", () => {
    const [, shown = ""] = /```ts\n(const json[^]*?)```/.exec(readFileSync("docs/backend.md", "utf8")) ?? [];
    expect(readFileSync("test/backend/plan-json.ts", "utf8")).toContain(shown.trim());
  });
});

it("each tracer that is run has the name of the back end that writes for it", () => {
  for (const [name, { title }] of Object.entries(RUNNERS)) expect(backEnds().get(name)?.title).toBe(title);
  for (const shipped of Object.values(SHIPPED)) expect(Object.keys(shipped)).toEqual(Object.keys(RUNNERS));
});

it("the library is bundled for a browser, without a tracer that is run", async () => {
  const { metafile, errors } = await build({
    entryPoints: ["src/index.ts"],
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    logLevel: "silent",
  });
  expect(errors).toEqual([]);
  const files = Object.keys(metafile.inputs).filter((file) => file.startsWith("src/"));
  expect(files).toContain("src/tracers/registry.ts");
  expect(files.filter((file) => /^src\/(?:run|cli|doctor)\/|\/(?:runners?|find)\.ts$/.test(file))).toEqual(
    [],
  );
});
