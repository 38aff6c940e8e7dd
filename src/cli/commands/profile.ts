/** `faultline profile`: captures a profile of this machine's kernel, or shows one. */
import { captureProfile } from "../../kernel/profile/profile-capture.js";
import { openProfile } from "../../kernel/profile/profile-file.js";
import { findTracer } from "../../tracers/runners.js";
import { escapeText } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, text } from "../request/options.js";
import { CliError } from "../failure.js";
import { greatest } from "../../lists.js";
import { writeWhole } from "../output/whole-file.js";

export const captureCommand = defineCommand({
  arguments: [],
  options: {
    output: text("-o, --output <file>", "file", "where to (default: the kernel's release and `.profile`)"),
    id: text("--id <name>", "text", "the name it goes by (default: the kernel's release)"),
  },
  action: (_, { output, id }) => capture(output, id),
});

export const showCommand = defineCommand({
  arguments: [argument("<file>", "file", "a captured profile")],
  options: {},
  action: ([path]) => show(path),
});

async function capture(output: string | undefined, id: string | undefined): Promise<number> {
  if (process.platform !== "linux")
    throw new CliError("a profile is captured on Linux, and this is not", EXIT.machineCannot);
  if (id !== undefined && !/^[\w.+@-]{1,100}$/.test(id))
    throw new CliError(
      `\`${id}\` is no good name for a profile`,
      EXIT.usage,
      "use letters, digits, `.` and `-`",
    );
  const bpftrace = await findTracer().then((t) => t.version, () => undefined); // prettier-ignore
  const { bytes, header, gaps } = captureProfile({
    captured: new Date(),
    ...(id === undefined ? {} : { id }),
    ...(bpftrace === undefined ? {} : { bpftrace }),
  });
  const path = output ?? `${header.id}.profile`;
  await writeWhole(path, bytes, EXIT.tracerFailed);
  for (const gap of gaps) process.stderr.write(`warning: ${escapeText(gap)}\n`);
  process.stderr.write(
    `${escapeText(path)}: kernel ${header.release} (${header.arch}), ${size(bytes.length)}\n`,
  );
  process.stderr.write(`use it with: faultline compile 'QUERY' --kernel ${escapeText(path)}\n`);
  return EXIT.done;
}

function show(path: string): number {
  const { kernel, header } = openProfile(path);
  const { attach } = kernel;
  const can = Object.entries(attach).filter(([, yes]) => yes).map(([name]) => name); // prettier-ignore
  const lines: readonly (readonly [string, string])[] = [
    ["name", header.id],
    ["kernel", `${header.release} (${header.arch}, pages of ${size(header.pageSize)})`],
    ["captured", header.captured],
    ["bpftrace", header.bpftrace ?? "none on that machine"],
    ["can attach", can.join(", ") || "nothing"],
    ["tracepoints", String(kernel.tracepointNames().length)],
    ["functions", String(kernel.functionNames().length)],
    ["sections", header.sections.map((s) => `${s.name} ${size(s.packed)}`).join(", ")],
  ];
  const wide = greatest(lines.map(([name]) => name.length));
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(wide)}  ${escapeText(value)}\n`);
  for (const gap of kernel.gaps ?? []) process.stdout.write(`warning: ${escapeText(gap)}\n`);
  return EXIT.done;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1 << 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}
