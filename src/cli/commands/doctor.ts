/** `faultline doctor`: checks whether this machine is ready and how to fix it. Exits with 3 if nothing can be traced. */
import { diagnose } from "../../doctor/doctor.js";
import { thisHost } from "../../doctor/host.js";
import { renderDiagnosis } from "../../doctor/render-text.js";
import { jsonDocument } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { textOrJson } from "../request/output-options.js";
import { terminal } from "../output/terminal.js";

export const doctorCommand = defineCommand({
  arguments: [],
  options: { format: textOrJson },
  action: (_, { format }) => doctor(format === "json"),
});

async function doctor(asJson: boolean): Promise<number> {
  const diagnosis = await diagnose(thisHost());
  if (asJson) process.stdout.write(jsonDocument(diagnosis));
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
