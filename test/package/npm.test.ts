/** The npm package, installed into an empty place: its command, on each Node that it is for, and its library. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pinned } from "../../scripts/pinned.js";
import { core, type Command } from "./core.js";
import { temporaryFolder } from "../temporary-folder.js";

const ROOT = join(import.meta.dirname, "../..");
const OFFLINE = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

const folder = temporaryFolder();
let archive: string;
beforeAll(() => {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: ROOT });
  const [name = ""] = readdirSync(folder);
  archive = join(folder, name);
  execFileSync("npm", ["install", "--global", "--prefix", join(folder, "prefix"), ...OFFLINE, archive]);
});

/** The command as a shell finds it, with that Node. */
function installed(node: string): Command {
  const path = [node, join(folder, "prefix/bin"), "/usr/bin", "/bin"].join(delimiter);
  return (args) => {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", 'exec faultline "$@"', "sh", ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: path, HOME: folder },
    });
    return { code: status, out: stdout, err: stderr };
  };
}

const nodeFolder = (version: string): string => join(pinned("test/package/nodes"), `node-${version}/bin`);

describe.each(["20.19", "22", "24"])("with Node %s", (version) => {
  core(() => installed(nodeFolder(version)));
});

describe.each(["12", "18"])("with Node %s, which is too old", (version) => {
  it("says so in one line, and that this machine cannot", () => {
    const { code, out, err } = installed(nodeFolder(version))(["--version"]);
    expect(err).toMatch(
      new RegExp(
        `^faultline: this is Node ${version}\\.[0-9.]+, and faultline needs 20\\.19 or newer: .*\n$`,
      ),
    );
    expect([code, out]).toEqual([3, ""]);
  });
});

describe("the package", () => {
  const inside = (path: string): string => join(folder, "prefix/lib/node_modules/faultline", path);

  it("has a command that can be started, and its texts", () => {
    expect(statSync(inside("dist/cli.cjs")).mode & 0o777).toBe(0o755);
    for (const text of ["README.md", "LICENSE", "docs/tools.md"])
      expect(readFileSync(inside(text), "utf8")).not.toBe("");
  });

  it("has no snapshot of the Node that built it", () => {
    expect(readdirSync(inside("dist")).filter((name) => name.startsWith("cli.snapshot"))).toEqual([]);
  });

  it("is a library with types, for a strict project", () => {
    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "type": "module", "private": true }');
    execFileSync("npm", ["install", ...OFFLINE, archive], { cwd: project });
    writeFileSync(
      join(project, "main.ts"),
      `import { compile, type Script } from "faultline";
import { format } from "faultline/prettier";

const { script, diagnostics } = compile('faults by comm where file ~ "*.so"');
const found: Script | undefined = script;
// @ts-expect-error: the types are there, so this is known to be wrong.
const wrong: number = diagnostics;
console.log(found?.text.includes("handle_mm_fault"), diagnostics.length, typeof wrong, await format("faults   by comm", { name: "query" }));
`,
    );
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(ROOT, "node_modules/typescript/bin/tsc"),
        ..."--strict --target es2022 --module nodenext --moduleResolution nodenext --types node".split(" "),
        ...["--typeRoots", join(ROOT, "node_modules/@types"), join(project, "main.ts")],
      ],
      { cwd: project, encoding: "utf8" },
    );
    expect(stdout).toBe("");
    const said = execFileSync(process.execPath, ["main.js"], { cwd: project, encoding: "utf8" });
    expect(said).toBe("true 0 object faults by comm\n\n");
  });
});
