/**
 * Builds the release files in `build/` or the given folder: the executable, a tar of it, a Debian package and the npm
 * package, with checksums. It uses `dist/` as it is. Builds are reproducible.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildDeb } from "./deb.js";
import { buildExecutable } from "./executable.js";
import { licences } from "./licences.js";
import { ownNode } from "./pinned.js";
import { Stage } from "./stage.js";

const out = process.argv[2] ?? "build";
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const name = `faultline-${version}-linux-${process.arch}`;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), "faultline-packages-"));
try {
  const node = ownNode();
  const executable = join(out, name);
  await buildExecutable("dist", join(node, "bin/node"), join(work, "executable"), executable);
  const copyright = await licences(node);

  const stage = new Stage(join(work, "tar"));
  stage.copy(executable, `${name}/faultline`, 0o755);
  for (const text of ["README.md", "CHANGELOG.md", "LICENSE"]) stage.copy(text, `${name}/${text}`);
  stage.write(copyright, `${name}/LICENSES`);
  stage.copyFolder("docs", `${name}/docs`);
  stage.copyFolder("dist/man", `${name}/man`);
  stage.copyFolder("dist/completions", `${name}/completions`);
  writeFileSync(join(out, `${name}.tar.gz`), gzipSync(stage.tar(), { level: 6 }));

  buildDeb({ executable, copyright, version, stage: new Stage(join(work, "deb")), out });
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out], {
    stdio: "ignore",
  });

  const sums = readdirSync(out)
    .sort()
    .map(
      (file) =>
        `${createHash("sha256")
          .update(readFileSync(join(out, file)))
          .digest("hex")}  ${file}\n`,
    );
  writeFileSync(join(out, "SHA256SUMS"), sums.join(""));
  process.stdout.write(sums.join(""));
} finally {
  rmSync(work, { recursive: true, force: true });
}
