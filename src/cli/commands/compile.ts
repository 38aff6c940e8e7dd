/** `faultline compile`: the script, for a reviewer. */
import { backEnds } from "../../index.js";
import { nameAmong } from "../request/definitions.js";
import { EXIT } from "../exit.js";
import { compileFor, targetKernel } from "../request/target-kernel.js";
import { printDiagnostics } from "../output/diagnostics.js";
import { readRequest, wholeNumber, type Flags } from "../request/request.js";
import { targetVersion } from "../request/versions.js";

export async function compileCommand(what: readonly string[], flags: Flags): Promise<number> {
  const to = nameAmong([...backEnds().keys()], flags.to, "--to");
  const request = readRequest(what, flags);
  const target = await targetKernel(flags);
  if (target.note !== undefined) process.stderr.write(`note: ${target.note}\n`);
  const version = await targetVersion(flags, target, to);
  const pid = wholeNumber(flags, "pid");
  const maxEntries = wholeNumber(flags, "maxEntries");
  const compiled = compileFor(target, request.text, {
    ...request.options,
    to,
    ...(version === undefined ? {} : { version }),
    ...(pid === undefined ? {} : { process: { pid, followed: false } }),
    ...(typeof flags.library === "string"
      ? { binaries: (await import("../../symbols/libraries.js")).findBinaries({ library: flags.library }) }
      : {}),
    ...(maxEntries === undefined ? {} : { maxEntries }),
  });
  await printDiagnostics(compiled.diagnostics);
  if (!compiled.script) return compiled.unavailable ? EXIT.machineCannot : EXIT.usage;
  if (typeof flags.output === "string")
    await (await import("../output/whole-file.js")).writeWhole(flags.output, compiled.script.text);
  else process.stdout.write(compiled.script.text);
  return EXIT.done;
}
