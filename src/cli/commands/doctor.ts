/** `faultline doctor`: is this machine ready, and how to mend it. Exit 3 when nothing can be traced. */
import { diagnose } from "../../doctor/doctor.js";
import { thisHost } from "../../doctor/host.js";
import { renderDiagnosis } from "../../doctor/render-text.js";
import { jsonDocument } from "../../view/value/escape.js";
import { EXIT } from "../exit.js";
import { checkFormat, terminal } from "../output/terminal.js";
import type { Flags } from "../request/request.js";

export async function doctor(flags: Flags): Promise<number> {
  checkFormat(flags, ["text", "json"]);
  const diagnosis = await diagnose(thisHost());
  if (flags.format === "json") process.stdout.write(jsonDocument(diagnosis));
  else {
    const { width, paint } = await terminal(process.stdout);
    const colours = { yes: paint.green, no: paint.red, warning: paint.yellow };
    process.stdout.write(
      renderDiagnosis(diagnosis, {
        width,
        verdict: (verdict, text) => colours[verdict](text),
        faint: paint.dim,
      }),
    );
  }
  return diagnosis.ready ? EXIT.done : EXIT.machineCannot;
}
