/**
 * The messages that users meet, for docs/troubleshooting.md: the message and its hint come from the code that gives them,
 * and here stands why it comes and what to do.
 */
import { howToInstall } from "../../src/files/packages.js";
import type { ShortfallKind } from "../../src/results/events.js";
import {
  clockSetText,
  notReceived,
  replacedText,
  uncountedText,
  unknownText,
  unmatchedText,
  unseenText,
  missedText,
} from "../../src/results/shortfall.js";
import { privilegeGap } from "../../src/run/machine.js";
import { classifyBcc } from "../../src/tracers/bcc/failures.js";
import { classifyBpftrace } from "../../src/tracers/bpftrace/failures.js";
import { BPFTRACE_MESSAGES } from "../../src/tracers/bpftrace/messages.js";
import { lockedDown } from "../../src/tracers/causes.js";
import type { TracerError } from "../../src/tracers/tracer-error.js";
import { lostText, notesOf } from "../../src/view/notes.js";
import { fenced } from "./markdown.js";

interface Trouble {
  readonly title: string;
  /** As it is printed. */
  readonly message: string;
  readonly why: string;
  readonly todo: string;
}

/** An error as the command line prints it. `hint`: where the code's own depends on the machine. */
function printed({ message, hint }: TracerError, instead?: string): string {
  const shown = instead ?? hint;
  return [`faultline: ${message}`, ...(shown === undefined ? [] : [`hint: ${shown}`])].join("\n");
}

const warning = (text: string): string => `warning: ${text}`;

/** What is said for a message of bpftrace that came so often. */
function reworded(text: string, count: number): string {
  for (const { pattern, says } of BPFTRACE_MESSAGES) {
    const match = pattern.exec(text);
    if (match && says) return says(match, count);
  }
  throw new Error(`no words for ${text}`);
}

const ended = { exitCode: 1, signal: undefined };
const NO_RIGHTS = { capabilities: 0n, hasTracefs: true };
const onDebian = (program: string): boolean => program === "apt-get";

function gap(isRoot: boolean): TracerError {
  const found = privilegeGap({ ...NO_RIGHTS, isRoot });
  if (!found) throw new Error("who has no capabilities may not trace");
  return found;
}

/** Before anything is traced. */
const FAILURES: readonly Trouble[] = [
  {
    title: "Not root",
    message: printed(gap(false)),
    why: "Loading BPF programs is a right of root.",
    todo: "Run it with `sudo`. Without root, `faultline compile` and `faultline review` write the script for somebody who is, and `faultline replay` shows recordings.",
  },
  {
    title: "Root in a container",
    message: printed(gap(true)),
    why: "A container's root has only the capabilities that it was given.",
    todo: "Start the container with them, and with `/sys/kernel/tracing` mounted. `faultline doctor` tells what can be seen from there.",
  },
  {
    title: "No tracefs",
    message: printed(classifyBpftrace({ ...ended, stderr: "ERROR: tracefs is not mounted" })),
    why: "Tracepoints are read from there, and containers and small systems do not mount it.",
    todo: "Mount it; `faultline doctor` looks again.",
  },
  {
    title: "No types of the kernel",
    message: printed(classifyBpftrace({ ...ended, stderr: "ERROR: Kernel BTF not found" })),
    why: "Arguments of kernel functions have their types from BTF, which some distributions leave out.",
    todo: "Take a kernel of the distribution that has it, or ask for fields that a tracepoint gives: `faultline doc NAME` lists by which provider each field comes.",
  },
  {
    title: "Locked down",
    message: printed(lockedDown("confidentiality")),
    why: "With Secure Boot some distributions lock the kernel down, and root may not read its memory.",
    todo: "`faultline doctor` names the mode, and what can be traced in it.",
  },
  {
    title: "A tracepoint that is not there",
    message: printed(classifyBpftrace({ ...ended, stderr: "ERROR: tracepoint not found: vmscan:gone" })),
    why: "A script was compiled for another kernel than the one that it runs on: events move between versions.",
    todo: "Compile it on the machine, or for a profile that `faultline profile capture` made there. `faultline list probes 'vmscan:*'` lists those there are.",
  },
  {
    title: "The verifier",
    message: printed(
      classifyBpftrace({ ...ended, stderr: "ERROR: Error loading program: kprobe_handle_mm_fault_1" }),
    ),
    why: "The kernel's verifier does not take the program: it is too large, or reads what it may not.",
    todo: "Ask for fewer queries or columns at once. If one plain query does this, it is a fault of Faultline.",
  },
  {
    title: "No headers for BCC",
    message: printed(
      classifyBcc({ ...ended, stderr: "Unable to find kernel headers." }),
      `${howToInstall("headers", "6.12.117+deb13-cloud-amd64", onDebian)}; bpftrace needs no headers`,
    ),
    why: "BCC compiles its programs on the machine, against the headers of the running kernel.",
    todo: "Install them (here for Debian), or leave out `--via bcc`.",
  },
];

/** Beside results: why a figure may be low. Each `why` is the one of `summary.incomplete`. */
const SHORTFALL_TROUBLES: Readonly<Record<ShortfallKind, Omit<Trouble, "title">>> = {
  "events lost": {
    message: warning(lostText(120)),
    why: "Each event of a `show` is sent to Faultline, and they came faster than they could be read.",
    todo: "Narrow the query with `where`, or count in the kernel instead: `faults by comm` has no such limit.",
  },
  "not received": {
    message: warning(notReceived(0, "faults by comm").text),
    why: "The tracer was killed, or ended before it had printed all: a second Ctrl-C, or no memory left.",
    todo: "Wait for the results after one Ctrl-C. Where memory is short, `--max-entries` makes maps smaller.",
  },
  unreadable: {
    message: warning(notesOf({ lost: 0, damaged: 3, ended: "command", elapsed: 0 }, []).join("")),
    why: "The tracer printed a line, or a name, from which no result can be read.",
    todo: "Try `--via bcc`, or another version of bpftrace. The other figures are right.",
  },
  "map full": {
    message: warning(uncountedText("faults by comm, pid", 37, 4096, 1024)),
    why: "A map has room for so many keys, and further ones are not counted.",
    todo: "Give it more room with `--max-entries`, or ask for fewer keys: `by comm` in place of `by pid, address`.",
  },
  "stack missing": {
    message: warning(reworded("failed to look up stack id -17 (pid -1): -2", 3)),
    why: "The kernel keeps stacks in a table of their own, and two may want the same place, or there is no room.",
    todo: "Take fewer frames: `ustack(5)` makes fewer different stacks than `ustack`.",
  },
  "probe missed": {
    message: warning(missedText(12)),
    why: "A program of the tracer is not interrupted by another one on the same CPU: that event is not seen.",
    todo: "Ask for less at once, or for one process with `-p`.",
  },
  "end missed": {
    message: warning(replacedText("direct_reclaim", 3)),
    why: "A span began again under the same key: its end was not seen, or a thread does it within itself.",
    todo: "Where that is meant, a definition says `begin … anew`, or `begin … once` to keep the first.",
  },
  "range missed": {
    message: warning(unmatchedText("mapping", 8192)),
    why: "Memory was given back in pieces that are not those in which it was taken.",
    todo: "What is left of such a mapping is not known: trace from the start of the program with `-c`.",
  },
  "text cut": {
    message: warning(unknownText("cut", 4)),
    why: "A text is compared up to 255 bytes, and what decides stands behind them.",
    todo: 'Compare what it begins with: a pattern as `"/var/log/*"`.',
  },
  "text unread": {
    message: warning(unknownText("unread", 4)),
    why: "A text of a program may not be in memory when it is read. Arguments of system calls are read when the call returns, and even then it may be gone.",
    todo: "The number says how many events it may concern; all others are decided.",
  },
  "not seen": {
    message: warning(unseenText(2)),
    why: "The system calls of 32-bit programs have numbers and tracepoints of their own.",
    todo: "Count them with `faultline 'syscall count() by call'`.",
  },
  clock: {
    message: warning(clockSetText(30_000)),
    why: "Somebody, or NTP, set the clock. Durations do not depend on it.",
    todo: "Add the difference to the times of day where they are compared with a log.",
  },
};

function section({ title, message, why, todo }: Trouble): string {
  return [`### ${title}`, fenced("text", message), why, todo].join("\n\n");
}

/** The parts of docs/troubleshooting.md by their names. */
export const TROUBLE_PARTS: Readonly<Record<string, () => string>> = {
  failures: () => FAILURES.map(section).join("\n\n"),
  shortfalls: () =>
    Object.entries(SHORTFALL_TROUBLES)
      .map(([why, trouble]) => section({ title: `\`${why}\``, ...trouble }))
      .join("\n\n"),
};
