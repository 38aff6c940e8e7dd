/** Builds the Debian package of the executable. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sourceDate, type Stage } from "./stage.js";

/** Debian's names of architectures, by Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** The install paths of the completion scripts, which `npm run build` writes to `dist/completions`. */
const COMPLETIONS: Readonly<Record<string, string>> = {
  "faultline.bash": "usr/share/bash-completion/completions/faultline",
  _faultline: "usr/share/zsh/vendor-completions/_faultline",
  "faultline.fish": "usr/share/fish/vendor_completions.d/faultline.fish",
};

interface Parts {
  readonly executable: string;
  readonly copyright: string;
  readonly version: string;
  /** An empty stage. */
  readonly stage: Stage;
  readonly out: string;
}

export function buildDeb({ executable, copyright, version, stage, out }: Parts): void {
  const doc = "usr/share/doc/faultline";
  stage.copy(executable, "usr/bin/faultline", 0o755);
  stage.copy("README.md", `${doc}/README.md`);
  stage.write(packed(readFileSync("CHANGELOG.md")), `${doc}/changelog.gz`);
  stage.write(copyright, `${doc}/copyright`);
  stage.copyFolder("docs", `${doc}/docs`);
  stage.copyFolder("examples", `${doc}/examples`);
  for (const page of namesIn("dist/man"))
    stage.write(packed(readFileSync(join("dist/man", page))), `usr/share/man/man1/${page}.gz`);
  for (const name of namesIn("dist/completions")) {
    const place = COMPLETIONS[name];
    if (place === undefined) throw new Error(`the install path of the completion ${name} is not known`);
    stage.copy(join("dist/completions", name), place);
  }
  const files = stage.files();
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`there is no Debian package for ${process.arch}`);
  stage.write(control(version, architecture, sizeOf(stage.folder, files)), "DEBIAN/control");
  stage.write(sumsOf(stage.folder, files), "DEBIAN/md5sums");
  stage.finish();
  const deb = join(out, `faultline_${version}_${architecture}.deb`);
  // xz saves a tenth of the size for fifteen times the time. With several threads the bytes would differ.
  const always = ["--root-owner-group", "-Zzstd", "-z9", "--threads-max=1"];
  execFileSync("dpkg-deb", [...always, "--build", stage.folder, deb], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate()) },
    stdio: ["ignore", "ignore", 2],
  });
}

/** Returns the control file. The versions of the libraries come from `readelf -V` on Node. bpftrace is only recommended. */
function control(version: string, architecture: string, kilobytes: number): string {
  return `Package: faultline
Version: ${version}
Architecture: ${architecture}
Maintainer: The Faultline authors <faultline@invalid.invalid>
Installed-Size: ${kilobytes}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 5)
Recommends: bpftrace (>= 0.17)
Suggests: python3-bpfcc
Section: utils
Priority: optional
Description: typed query language for Linux memory analysis
 A query of one line is checked, planned for the kernel it runs on, and compiled
 to a bpftrace script or a BCC program, which is run or can be read first.
 .
 This package brings its own Node.js.
`;
}

/** Compresses like `gzip -n`, without a name and a date. */
function packed(text: Uint8Array): Uint8Array {
  return gzipSync(text, { level: 9 });
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Returns the installed size by Debian's rule: each file rounded up to a kilobyte. */
function sizeOf(folder: string, files: readonly string[]): number {
  return files.reduce((sum, path) => sum + Math.ceil(statSync(join(folder, path)).size / 1024), 0);
}

function sumsOf(folder: string, files: readonly string[]): string {
  return files
    .map(
      (path) =>
        `${createHash("md5")
          .update(readFileSync(join(folder, path)))
          .digest("hex")}  ${path}\n`,
    )
    .join("");
}
