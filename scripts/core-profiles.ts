/**
 * Makes the core profiles, profiles/NAME.json from profiles/NAME.profile: compiles the whole standard library against
 * each kernel, and keeps what the compiler looked up. Usage: tsx scripts/core-profiles.ts
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Diagnostics } from "../src/diagnostics/diagnostics.js";
import { namedSets, namedValues } from "../src/kernel/flags/flag-sets.js";
import { openProfile } from "../src/kernel/profile/profile-file.js";
import { formatProfile } from "../src/kernel/profile/core-profile.js";
import { recordingKernel } from "../src/kernel/profile/recorded-kernel.js";
import { check } from "../src/semantics/check.js";
import { elaborate } from "../src/semantics/source/elaborate.js";
import { isCompatProgram } from "../src/semantics/source/compat-program.js";
import { openLibrary } from "../src/semantics/library.js";
import { Shapes } from "../src/semantics/source/shapes.js";
import { fieldsOf } from "../src/semantics/source/source-shape.js";
import { readLibraryTexts } from "./library-texts.js";

const root = new URL("../", import.meta.url).pathname;

const library = openLibrary(readLibraryTexts());
const examples = readFileSync(join(root, "scripts/core-queries.fl"), "utf8");

const names = readdirSync(join(root, "profiles")).filter((n) => n.endsWith(".profile")).map((n) => n.replace(".profile", "")); // prettier-ignore
for (const name of names) {
  const whole = openProfile(join(root, "profiles", `${name}.profile`)).kernel;
  const { kernel, profile } = recordingKernel(whole);
  const diagnostics = new Diagnostics();
  const shapes = new Shapes(library, kernel, diagnostics);
  for (const source of library.names()) {
    const found = library.find(source);
    if (!found) continue;
    const context = { ...shapes.context(found.source), exhaustive: true };
    const shape = shapes.named(source, context, found.definition.name.span);
    if (shape) elaborate(shape, new Set(fieldsOf(shape).keys()), context);
  }
  for (const set of namedSets) namedValues(kernel, set.kind, set.name);
  check({ name: "core-queries.fl", text: examples }, { kernel, library });
  isCompatProgram(kernel);
  kernel.tracepointNames();
  writeFileSync(join(root, "profiles", `${name}.json`), formatProfile(profile(name)));
  for (const d of diagnostics.list) console.error(`${name}: ${d.source.name}: ${d.message}`);
}
