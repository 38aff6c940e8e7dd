/** Queries and definitions, through every stage up to the scripts. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { backEnds, bundledKernel, compile, renderDiagnostics, type CompileOptions } from "../../src/index.js";
import { explain } from "../../src/explain/explain.js";
import { renderExplanation } from "../../src/explain/render-text.js";
import { parse } from "../../src/syntax/parser/parser.js";
import { format } from "../../src/syntax/print/prettier.js";
import { jsonDocument } from "../../src/view/value/escape.js";
import { PLAIN } from "../explain/style.js";
import { QueryGenerator } from "../backend/query-generator.js";
import { DEFINITIONS, meaning, QUERIES } from "../syntax/helpers.js";
import type { Chance } from "./chance.js";
import { hostile, literal } from "./hostile.js";
import { mutateBytes, mutateTokens } from "./mutate.js";
import { bareCommand, bareScript, hasNoLeak, isPrintable } from "./oracles.js";
import { must, type Target } from "./target.js";

const KERNELS = ["debian12", "debian13", "sid", "dev"] as const;
const VERSIONS = ["0.17.0", "0.20.0", "0.23.2", "0.27.1"] as const;

function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".fl"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Places for a text that someone chose: `X` is a literal. */
const FRAMES = [
  "faults by comm as X", "faults by comm where comm == X", "faults by comm where comm ~ X", "faults by comm where comm in (X, X)",
  "faults show comm as X, pid", "faults count() as X by comm", "every 1s show count(faults) as X", "uprobe:X:zq by comm", "uprobe:X:X by comm",
  "usdt:X:a:b by comm", "kprobe:X by comm", "tracepoint:X:X by comm", "faults by comm where X ~ X", "faults by file where file !~ X",
  "event zq { provider kprobe:vfs_read note X { a: string = X } }\nzq by a", "tool zq(a: string = X) { faults where comm == a }",
  "faults by (comm == X ? X : X) as X", 'import X\nfaults', "faults via X by comm", "open allocation show comm as X",
  "/// X\nevent zq { provider kprobe:vfs_read }\nzq", "// X\nfaults by comm", "faults hist(address) as X by comm as X",
]; // prettier-ignore

const TEXTS = [...QUERIES, ...QUERIES, DEFINITIONS, ...textsIn("examples"), ...textsIn("stdlib")];

let generator: { generator: QueryGenerator; chance: Chance } | undefined;

/** The generator looks at the whole library once, and asks the chance of the case that runs. */
function generated(chance: Chance): string {
  generator ??= {
    generator: new QueryGenerator(bundledKernel("debian13"), () => generator?.chance.next() ?? 0),
    chance,
  };
  generator.chance = chance;
  return generator.generator.next();
}

function make(chance: Chance): string {
  const text = chance.is(0.3) ? generated(chance) : chance.pick(TEXTS);
  switch (chance.below(11)) {
    case 0:
    case 8:
    case 9:
      return chance.pick(FRAMES).replace(/X/g, () => literal(hostile(chance)));
    case 1:
      return chance.pick(FRAMES).replace(/X/g, () => `"${hostile(chance)}"`);
    case 2:
      return chance.pick(FRAMES).replace(/X/g, () => hostile(chance));
    case 3:
      return mutateBytes(text, chance);
    case 10:
      return generated(chance);
    case 4:
      return `${text};\n${mutateTokens(generated(chance), text, chance)}`;
    default:
      return mutateTokens(text, chance.pick(TEXTS), chance);
  }
}

/** Chosen by the text, so that it is tried the same way again. */
function sumOf(text: string): number {
  let sum = 7;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) >>> 0;
  return sum;
}

async function run(text: string, thorough: boolean): Promise<void> {
  const sum = sumOf(text);
  const options: CompileOptions = {
    kernel: bundledKernel(KERNELS[sum % 4] ?? "debian13"),
    form: (sum >>> 6) % 2 === 0 ? "text" : "stream",
    resolveImport: () => undefined,
  };
  const bpftrace = VERSIONS[(sum >>> 3) % 4] ?? "0.27.1";
  const all = [...backEnds().keys()];
  const back = thorough ? all : [all[(sum >>> 8) % all.length] ?? "bpftrace"];
  for (const to of back)
    checkScript(text, { ...options, to, ...(to === "bpftrace" ? { version: bpftrace } : {}) });
  if (thorough) await checkLayout(text);
}

/** `input`: all that came in, where that is more than the text. */
export function checkScript(text: string, options: CompileOptions, input = text): void {
  const { diagnostics, plan, script } = compile(text, options);
  for (const { span, source, message, hint = "" } of diagnostics) {
    must(
      0 <= span.start && span.start <= span.end && span.end <= source.text.length,
      "a finding is outside the text",
      message,
    );
    hasNoLeak("a finding", `${message} ${hint}`, input);
  }
  isPrintable("what is told", renderDiagnostics(diagnostics));
  must(
    script !== undefined || diagnostics.some((d) => d.severity === "error"),
    "neither a script nor an error",
  );
  if (!script || !plan) return;
  must(compile(text, options).script?.text === script.text, "a second compile gives another script");
  isPrintable("the script", script.text);
  if (options.to === "bcc") checkPython(script.text);
  else {
    const bare = options.to === "bpftrace" ? bareScript(script.text) : bareCommand(script.text);
    must(
      !/\bzq\s*\(/.test(bare),
      "a text of the query stands bare in the script",
      bare.slice(bare.search(/\bzq\s*\(/) - 40),
    );
    hasNoLeak("the script", bare, input);
    if (options.to === "bcc-oneliner") {
      const sign = /[;|&$`()<>]/.exec(bare);
      must(!sign, "the command has a sign of the shell outside quotes", bare);
    }
  }
  const target = { kernel: "k", release: "1", bpftrace: "0.17.0", cpus: 2 };
  const bpftrace = {
    name: "bpftrace",
    title: "bpftrace",
    version: "0.17.0",
    ...(script.parts ? { parts: script.parts } : {}),
  };
  if (options.to !== "bpftrace") return;
  const explanation = explain(plan, {
    target,
    scripts: [bpftrace, { name: "bcc", title: "BCC", version: "0.31.0", why: "not asked" }],
  });
  isPrintable("what is explained", renderExplanation(explanation, PLAIN));
  JSON.parse(jsonDocument(explanation));
}

async function checkLayout(text: string): Promise<void> {
  const before = parse({ name: "query", text });
  if (before.diagnostics.length > 0) return;
  const once = await format(text);
  const after = parse({ name: "query", text: once });
  must(after.diagnostics.length === 0, "the layout cannot be read again", after.diagnostics[0]?.message);
  must(meaningOf(before.file.items) === meaningOf(after.file.items), "the layout means something else", once);
  must(after.file.comments.length >= before.file.comments.length, "the layout lost a comment", once);
  must((await format(once)) === once, "the second layout is not the first", once);
}

/** A text may be written in several ways. */
function meaningOf(items: unknown): string {
  return JSON.stringify(meaning(items), (_key, node: unknown) =>
    typeof node === "object" && node !== null && "kind" in node && node.kind === "string"
      ? { ...node, text: "" }
      : node,
  );
}

/** Parses the program, and looks for calls of `zq` in it and in its C text. */
const CHECK = `
import ast, re, sys
tree = ast.parse(sys.stdin.buffer.read().decode())
for node in ast.walk(tree):
    # Names made of the query's words may have it in them: print_zq.
    if isinstance(node, ast.Call) and "zq" in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
        sys.exit("a call of zq")
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "#include" in node.value:
        bare = re.sub(r'"(?:[^"\\\\\\n]|\\\\.)*"|//[^\\n]*|/\\*[\\s\\S]*?\\*/', ' ', node.value)
        if re.search(r"\\bzq\\s*\\(", bare): sys.exit("a text stands bare in the C text")
`;

let programs = 0;

function checkPython(text: string): void {
  // A process for each would take most of the time.
  if (programs++ % 25 !== 0 && process.env["FAULTLINE_FUZZ_ALL"] === undefined) return;
  const { status, stderr } = spawnSync("python3", ["-I", "-c", CHECK], { input: text, encoding: "utf8" });
  must(status === 0, "Python does not take the program", stderr.slice(-300));
}

export const queryTarget: Target = { name: "query", share: 60, make, run };
