/** The names that a query gives to the arguments of a function. */
import { write } from "../../diagnostics/advice.js";
import type { ProbeSource } from "../../syntax/tree.js";
import { fail, type Context } from "../context.js";
import type { ProbePoint } from "../typed.js";

/** Only a function's entry has arguments to name; a tracepoint's fields have names of their own. */
export function checkParameters(
  { type, parts }: ProbePoint,
  { parameters, probe, span }: ProbeSource,
  context: Context,
): void {
  if (parameters.length === 0 || TAKES_ARGUMENTS.has(type)) return;
  const tracepoint = type === "tracepoint" && context.kernel.tracepoint(parts[0] ?? "", parts[1] ?? "");
  const fields = tracepoint ? tracepoint.fields.map(({ name }) => name).slice(0, MOST_NAMED) : [];
  const [what, has] =
    type === "tracepoint"
      ? [
          "the fields of a tracepoint have names already",
          fields.length > 0 ? `it has ${fields.join(", ")}` : "they are read as `args.NAME`",
        ]
      : [
          `\`${type}\` has no arguments to name`,
          /ret|exit/.test(type) ? "what is returned is `retval`" : "it has the fields that every event has",
        ];
  const list = { start: probe.span.end, end: span.end };
  fail(context, list, "no-parameters", what, write(list, "", `leave the parentheses out: ${has}`));
}

const TAKES_ARGUMENTS: ReadonlySet<string> = new Set(["kprobe", "fentry", "fexit", "uprobe", "usdt"]);

const MOST_NAMED = 12;
