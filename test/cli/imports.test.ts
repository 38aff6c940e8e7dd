/** What a file imports is named by that file, which may be someone else's: no line of it is shown. */
import { execFileSync } from "node:child_process";
import { lchownSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkCommand } from "../../src/cli/commands/check.js";
import { called, NOWHERE } from "./called.js";
import type { Ran } from "./faultline.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

const SECRET = "root:x:secret-of-root:0\n";

/** What `check` says of a query that imports this. */
async function checked(imported: string): Promise<Ran> {
  const path = join(folder, "query.fl");
  writeFileSync(path, `import "${imported}"\nfaults by comm\n`);
  return await called(async () =>
    checkCommand.action([[path]], { kernel: "debian12", versions: {} }, NOWHERE),
  );
}

describe("an import", () => {
  it("is of a file that ends in .fl, and of no other", async () => {
    writeFileSync(join(folder, "shadow"), SECRET);
    for (const other of ["shadow", "/etc/passwd", "/dev/zero", "../../../etc/shadow"]) {
      const { code, err } = await checked(other);
      expect(code).toBe(2);
      expect(err).toContain("only files that end in `.fl` are imported");
      expect(err).not.toMatch(/secret|root:/);
    }
  });

  it("shows where its mistakes are, and none of its lines", async () => {
    writeFileSync(
      join(folder, "wrong.fl"),
      `event a { provider }\n/* a comment that nobody else should see */ event\n`,
    );
    const { code, err } = await checked("wrong.fl");
    expect(code).toBe(2);
    expect(err).toMatch(/error: .*\n *--> .*wrong\.fl:1:20\n/);
    expect(err).not.toMatch(/event a|nobody else/);
  });

  it("may be a pipe or a device by its name, which is not waited for", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.fl")]);
    symlinkSync("/dev/zero", join(folder, "zero.fl"));
    for (const name of ["pipe.fl", "zero.fl"]) {
      const { code, err } = await checked(name);
      expect(code).toBe(2);
      expect(err).toContain(
        `"${name}" cannot be imported: it is not a file but a pipe, a device or a socket`,
      );
    }
  });

  it.runIf(process.getuid?.() === 0)("is no link that another user made", async () => {
    writeFileSync(join(folder, "shadow"), SECRET);
    const link = join(folder, "planted.fl");
    symlinkSync(join(folder, "shadow"), link);
    lchownSync(link, 65_534, 65_534);
    const { code, err } = await checked("planted.fl");
    expect(code).toBe(2);
    expect(err).toContain('"planted.fl" cannot be imported: it is a link that another user made');
    expect(err).not.toMatch(/secret|root:/);
  });
});
