/** Renders the diagnosis as text. */
import { escapeText } from "../view/value/escape.js";
import { wrap } from "../view/table/wrap.js";
import type { Diagnosis } from "./doctor.js";
import type { Verdict } from "./finding.js";
import { greatest } from "../lists.js";

export interface DoctorStyle {
  /** In columns. */
  readonly width: number;
  readonly verdict: (verdict: Verdict, text: string) => string;
  readonly faint: (text: string) => string;
}

export function renderDiagnosis({ ready, findings }: Diagnosis, style: DoctorStyle): string {
  const wide = greatest(findings.map(({ id }) => id.length));
  const indent = " ".repeat("warning".length + 2 + wide + 2);
  const lines = findings.flatMap(({ id, verdict, says, mend }) => {
    const [first = "", ...more] = wrap(escapeText(says), style.width, indent);
    const head = `${style.verdict(verdict, verdict.padEnd("warning".length))}  ${id.padEnd(wide)}  `;
    const advice = mend === undefined ? [] : wrap(escapeText(mend), style.width, `${indent}→ `, `${indent}  `);
    return [head + first.trimStart(), ...more, ...advice.map(style.faint)];
  });
  return `${[...lines, "", ...wrap(conclusion({ ready, findings }), style.width)].join("\n")}\n`;
} // prettier-ignore

function conclusion({ ready, findings }: Pick<Diagnosis, "ready" | "findings">): string {
  const stopping = findings.filter(({ verdict, essential }) => verdict === "no" && essential);
  if (!ready)
    return `Nothing can be traced here before this is mended: ${stopping.map(({ id }) => id).join(", ")}.`;
  const limited = findings.filter(({ verdict }) => verdict !== "yes").length;
  return limited === 0
    ? "This machine is ready."
    : `This machine is ready; what is said of ${limited} ${limited === 1 ? "thing" : "things"} above limits some queries.`;
}
