/** The Python that programs share: it is linted and tested as Python, and embedded whole. */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  pythonDefinitions,
  pythonStatements,
  readPythonRuntime,
  RUNTIME_FOLDER,
} from "../../scripts/python-runtime.js";
import { RUNTIME } from "../../src/tracers/bcc/runtime/generated.js";
import { RUNTIME_NAMES } from "../../src/tracers/bcc/python/runtime.js";
import { hasPython, pythonErrors } from "./python.js";

const TESTS = fileURLToPath(new URL("bcc-runtime", import.meta.url));
const files = readdirSync(RUNTIME_FOLDER).filter((name) => name.endsWith(".py"));

/** What each definition needs, by Python's own compiler: names that are neither local nor built in. */
const ASK_PYTHON = `
import builtins, json, sys, symtable
found = {}
def free(table):
    own = {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return own.union(*map(free, table.get_children()))
for path in sys.argv[1:]:
    top = symtable.symtable(open(path).read(), path, "exec")
    for child in top.get_children():
        found.setdefault(child.get_name(), set()).update(free(child))
print(json.dumps({name: sorted(names - set(dir(builtins))) for name, names in found.items()}))
`;

describe.skipIf(!hasPython)("the runtime of BCC programs", () => {
  it("is Python that a linter finds nothing in, in lines that can be read", () => {
    const texts = files.map((name) => readFileSync(join(RUNTIME_FOLDER, name), "utf8"));
    expect(pythonErrors(texts)).toBe("");
    expect(texts.flatMap((text) => text.split("\n")).filter((line) => line.length > 100)).toEqual([]);
  });

  it("does what its own tests say", () => {
    const { status, stderr } = spawnSync("python3", ["-B", "-m", "unittest", "discover", "-s", TESTS], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: join(RUNTIME_FOLDER, "..") },
    });
    expect(stderr).toMatch(/\nOK\n$/);
    expect(stderr).not.toContain("Ran 0 tests");
    expect(status).toBe(0);
  });

  it("is embedded with all that each definition needs, and no more: as Python itself says", () => {
    const paths = files.map((name) => join(RUNTIME_FOLDER, name));
    const needed = JSON.parse(
      execFileSync("python3", ["-c", ASK_PYTHON, ...paths], { encoding: "utf8" }),
    ) as Record<string, string[]>;
    const functions = RUNTIME_NAMES.filter((name) => /^(?:def|class) /.test(RUNTIME[name].text));
    expect(functions.length).toBeGreaterThan(40);
    for (const name of functions) {
      const { needs, modules } = RUNTIME[name];
      // A function that calls itself needs nothing more for it.
      expect([...needs, ...modules].sort(), name).toEqual(needed[name]?.filter((each) => each !== name));
    }
  });
});

describe("how the runtime is read", () => {
  it("is what was generated", () => {
    expect(RUNTIME).toEqual(readPythonRuntime());
  });

  const definitions = (source: string): unknown => pythonDefinitions(pythonStatements(source, "x.py"));

  it("finds names in code, and neither in strings and comments nor behind a point", () => {
    const source = [
      '"""one two"""',
      "import json",
      "from .other import two",
      "",
      "",
      "def one(value):",
      '    """json two"""',
      "    # json two",
      '    return value.two + "two" + r\'json\' + """',
      'two json"""',
      "",
      "",
      "def two():",
      "    return [",
      "one(json.dumps({1: 2}))",
      "    ]",
      "",
      "",
      "three = {}",
      "",
    ].join("\n");
    expect(definitions(source)).toEqual({
      one: {
        text: source.slice(source.indexOf("def one"), source.indexOf("def two")).trimEnd(),
        needs: [],
        modules: [],
      },
      two: {
        text: source.slice(source.indexOf("def two"), source.indexOf("three")).trimEnd(),
        needs: ["one"],
        modules: ["json"],
      },
      three: { text: "three = {}", needs: [], modules: [] },
    });
  });

  it.each([
    ["print(1)\n", /only definitions and imports/],
    ["@cached\ndef one():\n    pass\n", /decorators/],
    ["# Of two.\ndef one():\n    pass\n", /comment at top level/],
    ['def one():\n    return f"{two()}"\n', /f-string/],
    ["one = 1\none = 2\n", /defined twice/],
    ['def one():\n    return "\n', /cannot read/],
  ])("refuses what it would read wrongly: %j", (source, why) => {
    expect(() => definitions(source)).toThrow(why);
  });
});
