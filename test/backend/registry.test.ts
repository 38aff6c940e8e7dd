/** A back end from outside: it is registered, and all that there is knows it, without a change of any other file. */
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  backEnds,
  compile,
  explain,
  registerBackEnd,
  type BackEnd,
  type Explanation,
} from "../../src/index.js";
import { RUNNERS } from "../../src/tracers/runners.js";
import { SHIPPED } from "../../src/tracers/shipped.js";
import { ROOT } from "../cli/faultline.js";
import { planJson } from "./plan-json.js";

/** In this process, which is other tests' too, only for as long as these run. */
let unregister: () => void;
beforeAll(() => (unregister = registerBackEnd("plan-json", planJson)));
afterAll(() => unregister());

/** What the command line prints that has it from its start. */
async function faultline(...words: readonly string[]): Promise<string> {
  const { stdout } = await execa(
    process.execPath,
    ["--import", "tsx", "test/backend/plan-json-command-line.ts", ...words],
    { cwd: ROOT },
  );
  return stdout;
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
    const words = ["compile", "faults by comm", "--to", "plan-json", "--kernel", "debian13"];
    expect(JSON.parse(await faultline(...words))).toHaveProperty("probes");
    const help = await faultline("help", "compile");
    expect(help.replace(/\s+/g, " ")).toContain("plan-json: the plan as JSON");
  });

  it("is shown by `explain` beside the others", async () => {
    const words = ["explain", "faults by comm", "--kernel", "debian13"];
    const out = await faultline(...words);
    expect(out).toMatch(/^In bpftrace, in BCC and in JSON$/m);
    expect(out).toMatch(/^ {4}JSON\n {6}\[\n/m);
    expect(out.replace(/\s+/g, " ")).toContain("and `faultline compile --form run --to plan-json` write the whole programs");
    const { backEnds: written } = JSON.parse(await faultline(...words, "--format", "json")) as Explanation;
    expect(written.map(({ name, version }) => [name, version])).toEqual([
      ["bpftrace", SHIPPED.debian13.bpftrace],
      ["bcc", SHIPPED.debian13.bcc],
      ["plan-json", undefined],
    ]);
  }); // prettier-ignore

  it("is explained by what it says of its maps, and without them where it says nothing", () => {
    const footprint: NonNullable<BackEnd["footprint"]> = (plan, { cpus }) => ({
      version: "1.0",
      maps: plan.results.map(({ kind }, result) => ({
        name: kind,
        content: { kind: "aggregate", result, aggregate: 0, keyPart: "bucket" },
        perCpu: true,
        entries: 10,
        bytes: 10 * cpus,
        whenFull: "it is full",
      })),
      buffer: { bytes: 1, perCpu: true },
      testsOpenSpans: false,
    });
    const unregisterOther = registerBackEnd("sized", { ...planJson, footprint });
    const { plan } = compile("faults by comm", { to: "sized" });
    if (!plan) throw new Error("no plan");
    const target = { kernel: "debian13", release: "6.12", bpftrace: "1", cpus: 4 };
    const sized = explain(plan, { target, backEnd: "sized" });
    expect(sized.buffer).toEqual({ bytes: 1, perCpu: true });
    expect(sized.maps).toEqual([
      {
        name: "@groups",
        role: "result",
        holds: "count()",
        keys: [{ name: "comm", type: "string" }, { name: "bucket", type: "int" }],
        value: "a count",
        perCpu: true,
        entries: 10,
        bytes: 40,
        whenFull: "it is full",
      },
    ]);
    const unsized = explain(plan, { target, backEnd: "plan-json" });
    expect(unsized.maps).toEqual([]);
    expect(unsized).not.toHaveProperty("buffer");
    unregisterOther();
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
