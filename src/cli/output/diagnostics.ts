/** Prints diagnostics for the user. */
import { renderDiagnostics, type Diagnostic } from "../../index.js";
import { wantsColor } from "../../view/color.js";

/** Prints diagnostics on stderr, in colour on a terminal. */
export async function printDiagnostics(diagnostics: readonly Diagnostic[]): Promise<void> {
  if (diagnostics.length === 0) return;
  const { default: colours } = await import("picocolors");
  const paint = colours.createColors(wantsColor(process.stderr));
  process.stderr.write(
    renderDiagnostics(diagnostics, {
      error: (t) => paint.bold(paint.red(t)),
      warning: (t) => paint.bold(paint.yellow(t)),
      faint: paint.dim,
    }),
  );
}
