/** Options that several commands share. */
import { backEnds } from "../../tracers/registry.js";
import { argument, flag, OptionGroup, text, texts, wholeNumber, type OptionValues } from "./options.js";

/** Returns the requested tracer versions by back end. */
export type AskedVersions = Readonly<Record<string, string | undefined>>;

function versionOptions(): OptionGroup<AskedVersions> {
  const versioned = [...backEnds()].filter(([, { versions }]) => versions !== undefined);
  const options = versioned.map(([name, { title, versions }]) => {
    const otherwise =
      versions?.matters === true ? "the target's, or the one installed" : "the target's, or the newest";
    return text(
      `--${name} <version>`,
      "text",
      `compile for this version of ${title} (default: ${otherwise})`,
    );
  });
  return new OptionGroup(options, (values) =>
    Object.fromEntries(
      options.map((option, i) => {
        const value = values[option.attributeName()];
        return [versioned[i]?.[0] ?? "", typeof value === "string" ? value : undefined];
      }),
    ),
  );
}

/** Options that select the target. */
export const targetOptions = {
  kernel: text(
    "--kernel <profile>",
    "kernel",
    "compile for this kernel: live, or a bundled profile (default: live on Linux)",
  ),
  versions: versionOptions(),
};

export const toolOptions = {
  set: texts("--set <option...>", "set", "a tool's option: NAME=VALUE"),
};

/** Options for clauses of the query and for the parameters of a tool. */
export const clauseOptions = {
  by: text("--by <keys>", "fields", "group by these, in place of the query's own"),
  show: text("--show <columns>", "fields", "show each event, in place of what the query sums up"),
  where: text("--where <condition>", "fields", "only events for which this holds too"),
  comm: text(
    "--comm <pattern>",
    "text",
    "only processes with such a name, all their threads: nginx, 'kworker*'",
  ),
  cgroup: text(
    "--cgroup <path>",
    "text",
    "only this control group and those in it, or a pattern: /system.slice/nginx.service, '*burst*'",
  ),
  container: text(
    "--container <id>",
    "text",
    "only this container, by the beginning of its id or by its name",
  ),
  pod: text("--pod <id>", "text", "only this pod of Kubernetes, by the beginning of its id"),
  every: text("--every <duration>", "text", "print at this interval"),
  top: text("--top <n>", "text", "the number of groups to show, such as 10 or '10 by total'"),
  library: text(
    "--library <name>",
    "library",
    "what stands for the C library: jemalloc, or the path of a file; all: those of all processes",
  ),
  prefix: texts(
    "--prefix <text...>",
    "text",
    "an allocator built into a program with this prefix: je_ of je_malloc",
  ),
  for: text("--for <duration>", "text", "end after this time"),
  tool: text("--tool <name>", "tool-of-file", "run this tool, which the .fl file defines"),
  ...toolOptions,
};

export type QueryValues = OptionValues<typeof clauseOptions>;

export const queryOptions = { ...targetOptions, ...clauseOptions };

const QUERY = "a query, a .fl file, the name of a tool and its options, or - for standard input";

export const queryArgument = argument("<what...>", "query", QUERY);
export const optionalQueryArgument = argument("[what...]", "query", QUERY);

export const pid = wholeNumber("-p, --pid <pid>", "only this process");
export const maxEntries = wholeNumber("--max-entries <n>", "how many keys a map may have");
export const scroll = flag("--scroll", "on a terminal: tables of `every` one below the other, not in place");
export const all = flag(
  "--all",
  "on a terminal: every row of a result, whole, and not as many as fit the screen",
);
