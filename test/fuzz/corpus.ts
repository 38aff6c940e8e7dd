/** Inputs that once failed: a file each, whose name begins with that of its target. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "./attack.js";

const FOLDER = join("test", "fuzz", "corpus");

/** JSON keeps what a text file or an editor would not: lone surrogates, NUL, the ends of lines. */
export function keep({ target, input }: Case, fault: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const name = createHash("sha256").update(input).digest("hex").slice(0, 10);
  const path = join(FOLDER, `${target.name}-${name}.json`);
  // Where the tree stands on this machine is nobody else's business.
  const known = fault.replaceAll(`${process.cwd()}/`, "");
  writeFileSync(path, `${JSON.stringify({ fault: known, input }, null, 2)}\n`);
  return path;
}

export function kept(): readonly {
  readonly file: string;
  readonly target: string;
  readonly input: string;
}[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER).filter((file) => file.endsWith(".json")).map((file) => {
    const { input } = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as { input: string };
    return { file, target: file.split("-")[0] ?? "", input };
  }); // prettier-ignore
}
