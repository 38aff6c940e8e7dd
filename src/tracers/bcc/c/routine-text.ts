/** The functions that probes share, as C. */
import { integerType } from "../layout/fields.js";
import { kindOf } from "../layout/state-table.js";
import { cComment, indented } from "../quoting.js";
import { filled } from "../python/lines.js";
import type { Parameter, Routine } from "../sharing/routine.js";
import { FunctionWriter } from "./function-writer.js";
import { hintsOf } from "./hints.js";
import { keepOwnStack } from "./own-stack.js";
import type { Program } from "./program.js";
import { contextType } from "./routine-call.js";
import { writeBody } from "./write-body.js";

export function routineText(routine: Routine, program: Program): string {
  const writer = new FunctionWriter(program, routine.point, "ctx", "", hintsOf(routine.body, program));
  const kinds = routine.states.map((state) => {
    const name = writer.parameter("u32", "kind");
    writer.bind(kindOf(state), name);
    return `u32 ${name}`;
  });
  const parameters = routine.parameters.map((parameter) => {
    const type = typeOf(parameter);
    const { common } = parameter;
    const of = common === undefined ? undefined : `common ${common}`;
    const name = writer.parameter(type, common === "time" ? "now" : parameter.label, of);
    writer.bind(parameter.local.name, name);
    return `${type} ${name}`;
  });
  const context = contextType(routine, program);
  if (routine.isWhole && context !== undefined) keepOwnStack(routine.point, writer);
  writeBody(routine.body, writer, routine.isWhole ? "return 0;" : "return;");
  const head = `static __always_inline ${routine.isWhole ? "int" : "void"} ${program.functionOf(routine)}(`;
  const taken = [...(context === undefined ? [] : [`${context} *ctx`]), ...kinds, ...parameters];
  return [
    `/* ${cComment(routine.comment)} */`,
    ...filled(head, taken, ")", 0),
    "{",
    ...indented([...writer.lines, ...(routine.isWhole ? ["return 0;"] : [])]),
    "}",
  ].join("\n");
}

function typeOf({ common, local }: Parameter): string {
  return common === "pid" || common === "tid" ? "u32" : integerType(local.type);
}
