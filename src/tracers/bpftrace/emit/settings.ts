/** The limits that bpftrace takes from its environment, and a script from its own `config` block where it can. */
import type { Plan } from "../../../plan/plan.js";
import type { ScriptForm } from "../../script.js";
import { isExposed } from "../preempted.js";
import { commonRoom } from "../rooms.js";
import { textRoom } from "../text-room.js";
import type { Dialect } from "../versions.js";

/** Environment variables by name. */
export type Settings = Readonly<Record<string, string>>;

/** In bytes. */
const DEFAULT_ON_STACK = 32;

const PREFIX = "BPFTRACE_";

export function settingsOf(plan: Plan, dialect: Dialect): Settings {
  const texts = textRoom(plan, dialect);
  const { mostOnStack } = dialect.facts;
  const isRaised = mostOnStack !== Infinity && mostOnStack > DEFAULT_ON_STACK;
  return {
    [dialect.can("renamedEnvironment") ? "BPFTRACE_MAX_MAP_KEYS" : "BPFTRACE_MAP_KEYS_MAX"]: String(
      commonRoom(plan, dialect),
    ),
    BPFTRACE_PERF_RB_PAGES: String(dialect.facts.buffer.pages),
    ...(isRaised && isExposed(plan, dialect.facts, DEFAULT_ON_STACK)
      ? { BPFTRACE_ON_STACK_LIMIT: String(mostOnStack) }
      : {}),
    ...(texts === dialect.facts.textBytes
      ? {}
      : { [dialect.can("renamedEnvironment") ? "BPFTRACE_MAX_STRLEN" : "BPFTRACE_STRLEN"]: String(texts) }),
  };
}

/** `config = { … }`; empty where the version has none. */
export function configBlock(settings: Settings, dialect: Dialect): string {
  if (!dialect.can("configBlock")) return "";
  const lines = Object.entries(settings).map(
    ([name, value]) => `  ${name.slice(PREFIX.length).toLowerCase()} = ${value};`,
  );
  return `config = {\n${lines.join("\n")}\n}`;
}

/** The first line of the script, by which it can be executed. */
export function interpreterLine(settings: Settings, dialect: Dialect): string {
  return dialect.can("configBlock")
    ? "#!/usr/bin/env bpftrace"
    : `#!/usr/bin/env -S ${assigned(settings)} bpftrace`;
}

/** How to start it, where that is not plain. */
export function startText(settings: Settings, dialect: Dialect, form: ScriptForm): string | undefined {
  const environment = dialect.can("configBlock") ? "" : `${assigned(settings)} `;
  if (form === "stream") return `Faultline runs it as: ${environment}bpftrace -f json FILE`;
  return environment === "" ? undefined : `Run it as: ${environment}bpftrace FILE`;
}

function assigned(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
