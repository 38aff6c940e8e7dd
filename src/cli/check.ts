/** `faultline check`: diagnostics only. */
import { check, compile } from "../index.js";
import { EXIT } from "./exit.js";
import { printDiagnostics, readRequest, targetKernel, type Flags } from "./input.js";

export async function checkCommand(what: readonly string[], flags: Flags): Promise<number> {
  const request = readRequest(what, flags);
  const { kernel } = await targetKernel(flags);
  const checked = check(request.text, { ...request.options, kernel });
  // A file of definitions is right without a query; a query is right when this target can answer it.
  const compiled =
    checked.queries.length > 0 ? compile(request.text, { ...request.options, kernel }) : undefined;
  const diagnostics = compiled?.diagnostics ?? checked.diagnostics;
  await printDiagnostics(diagnostics);
  if (!diagnostics.some((d) => d.severity === "error")) {
    process.stdout.write("no errors\n");
    return EXIT.done;
  }
  return compiled?.unavailable ? EXIT.machineCannot : EXIT.usage;
}
