/** `faultline memory`: a first look at memory, like free, vmstat, sar and pmap, and suggestions for queries. */
import { setTimeout as wait } from "node:timers/promises";
import { advise } from "../../overview/advice.js";
import { cgroupHint, normalPath, readCgroup, type CgroupMemory } from "../../overview/cgroup.js";
import { readCounters, readMemory, readPressure, readProc, readProcess } from "../../overview/facts.js";
import { formatOverview, type MemoryOverview } from "../../overview/show.js";
import { procGap } from "../../run/proc-gap.js";
import { jsonDocument } from "../../view/value/escape.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { text, wholeNumber } from "../request/options.js";
import { textOrJson } from "../request/output-options.js";
import { CliError } from "../failure.js";

/** Long enough for meaningful rates. */
const INTERVAL = 1000;

export const memoryCommand = defineCommand({
  arguments: [],
  options: {
    pid: wholeNumber("-p, --pid <pid>", "and at this process"),
    cgroup: text("--cgroup <path>", "text", "and at this control group: /system.slice/nginx.service"),
    format: textOrJson,
  },
  action: (_, { pid, cgroup, format }) => memory({ pid, cgroup }, format === "json"),
});

interface Besides {
  readonly pid: number | undefined;
  readonly cgroup: string | undefined;
}

async function memory({ pid, cgroup: path }: Besides, asJson: boolean): Promise<number> {
  const gap = procGap();
  if (gap) throw gap;
  const cgroup = path === undefined ? undefined : groupAt(path);
  const before = readCounters(readProc);
  const started = performance.now();
  await wait(INTERVAL);
  const after = readCounters(readProc);
  const seconds = (performance.now() - started) / 1000;
  const [now, pressure] = [readMemory(readProc), readPressure(readProc)];
  if (!now) throw new CliError("this machine has no /proc/meminfo", EXIT.machineCannot, "Linux has it");
  const process_ = pid === undefined ? undefined : readProcess(pid, readProc);
  if (pid !== undefined && !process_)
    throw new CliError(`there is no process ${pid}, or it is not yours to look at`, EXIT.machineCannot);
  const grown = new Map([...after].map(([name, value]) => [name, value - (before.get(name) ?? value)]));
  const overview: MemoryOverview = {
    memory: now,
    grown,
    seconds,
    advice: advise(now, pressure, grown, pid),
    ...(pressure ? { pressure } : {}),
    ...(process_ ? { process: process_ } : {}),
    ...(cgroup ? { cgroup } : {}),
  };
  process.stdout.write(asJson ? jsonDocument(withObjects({ ...overview })) : formatOverview(overview));
  return EXIT.done;
}

function groupAt(path: string): CgroupMemory {
  const found = readCgroup(normalPath(path), readProc);
  if (found) return found;
  throw new CliError(
    `there is no control group ${JSON.stringify(path)} with a memory of its own`,
    EXIT.machineCannot,
    cgroupHint(path),
  );
}

/** JSON has no maps. */
function withObjects(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (value instanceof Map) return Object.fromEntries(value);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? withObjects(value as Record<string, unknown>)
      : value;
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
}
