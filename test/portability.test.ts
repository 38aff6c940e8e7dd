/** What is shipped compiles for every bundled kernel; where one cannot answer, the documentation says so. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { whyNotHere } from "../scripts/tool-docs.js";
import { bundledKernel, bundledNames, compile, standardLibrary, type Compiled } from "../src/index.js";

const library = standardLibrary();
const ONELINERS = "examples/oneliners";

/** Standard error of a compilation that the kernel, and not the text, stands in the way of. */
function expectUnavailable({ script, unavailable, diagnostics }: Compiled): void {
  expect(script).toBeUndefined();
  expect(unavailable, JSON.stringify(diagnostics)).toBe(true);
  const [told] = diagnostics;
  expect(`${told?.message} ${told?.hint}`).toMatch(/has no kprobes|no allocator here has/);
}

/** Sources that are optional in a union, since not every kernel has what they count. */
const OPTIONAL = new Set(
  readdirSync("stdlib", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".fl"))
    .flatMap((file) => [...readFileSync(join("stdlib", file), "utf8").matchAll(/\b(\w+)\?(?=\s)/g)])
    .map(([, name]) => name),
);

describe.each(bundledNames)("on %s", (name) => {
  const kernel = bundledKernel(name);

  it.each(library.names())("%s", (source) => {
    const compiled = compile(`${source} count()`, { kernel });
    if (compiled.script) expect(compiled.diagnostics).toEqual([]);
    else if (kernel.attach.kprobe) {
      expect(compiled.unavailable).toBe(true);
      // Of the allocators, a kernel alone knows that of the C library.
      const why = OPTIONAL.has(source) ? /has no function|no allocator here has/ : /no allocator here has/;
      expect(compiled.diagnostics[0]?.hint).toMatch(why);
    } else {
      expect(kernel.attach.kprobe).toBe(false);
      expectUnavailable(compiled);
    }
  });

  it.each(library.toolNames())("the tool %s", (tool) => {
    const compiled = compile("", { kernel, tool: { name: tool, arguments: {} } });
    const why = whyNotHere(tool, name);
    if (compiled.script) expect(why).toBeUndefined();
    else {
      expectUnavailable(compiled);
      expect(readFileSync("docs/tools.md", "utf8")).toContain(why);
    }
  });

  it.each(readdirSync(ONELINERS))("%s", (file) => {
    const text = readFileSync(join(ONELINERS, file), "utf8");
    const compiled = compile(text, { kernel });
    if (compiled.script) return;
    expectUnavailable(compiled);
    expect(text).toMatch(/^\/\/ Needs kprobes/m);
  });
});
