/** BCC of a guest's image on this machine's kernel, with the headers of the image's: compiling needs no guest. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureImage, type Target } from "./guest.js";

const here = import.meta.dirname;

/** What `bcc-accept.py --compile` says of the programs in `files`: paths below `programs/`, and their text. */
export async function compileHere(
  target: Target,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ readonly bcc: string; readonly bpftrace: string }> {
  const image = await ensureImage(target);
  const folder = mkdtempSync(join(tmpdir(), "faultline-here-"));
  try {
    mkdirSync(join(folder, "programs"));
    const programs: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      if (!name.startsWith("programs/") || typeof text === "string") continue;
      writeFileSync(join(folder, name), text);
      programs.push(join(folder, name));
    }
    copyHeaders(join(image, "root/usr/src"), join(folder, "headers"));
    cpSync(join(dirname(here), "bcc-accept.py"), join(folder, "bcc-accept.py"));
    const { stdout, stderr } = spawnSync(
      join(here, "chroot-bpftrace.sh"),
      [target, join(folder, "bcc-accept.py"), "--compile", ...programs],
      {
        encoding: "utf8",
        maxBuffer: 2 ** 28,
        env: {
          ...process.env,
          FAULTLINE_CHROOT_COMMAND: "python3",
          BCC_KERNEL_SOURCE: join(folder, "headers"),
        },
      },
    );
    if (stdout.trim().split("\n").length !== programs.length)
      throw new Error(`BCC did not answer for every program: ${stderr.slice(-2000)}`);
    return { bcc: stdout, bpftrace: "" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Debian keeps them in two trees, with links from one into the other that BCC does not follow by itself. */
function copyHeaders(source: string, to: string): void {
  const trees = readdirSync(source).filter((name) => name.startsWith("linux-headers-"));
  for (const tree of [...trees.filter(isCommon), ...trees.filter((name) => !isCommon(name))])
    for (const part of ["include", "arch/x86/include"]) {
      if (!existsSync(join(source, tree, part))) continue;
      mkdirSync(join(to, part), { recursive: true });
      execFileSync("cp", ["-r", `${join(source, tree, part)}/.`, join(to, part)]);
    }
}

function isCommon(tree: string): boolean {
  return tree.endsWith("-common");
}
