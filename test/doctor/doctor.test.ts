import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/doctor.js";
import type { Finding, Verdict } from "../../src/doctor/finding.js";
import { renderDiagnosis } from "../../src/doctor/render-text.js";
import { TracerError } from "../../src/tracers/tracer-error.js";
import { madeHost, type Made } from "./fake-host.js";

async function finding(id: string, made: Made): Promise<Finding> {
  const { findings } = await diagnose(madeHost(made));
  const found = findings.find((each) => each.id === id);
  if (!found) throw new Error(`nothing was said of ${id}`);
  return found;
}

const BY_USER: Made = { isRoot: false, files: { "/proc/self/status": "CapEff:\t0000000000000000\n" } };
/** CAP_BPF and CAP_PERFMON. */
const BY_TRUSTED: Made = { isRoot: false, files: { "/proc/self/status": "CapEff:\t000000c000000000\n" } };

const NO_BCC = new TracerError(3, "BCC is not installed", "install the package `python3-bpfcc`");

function without(option: string): Made {
  const config = ["BPF", "BPF_SYSCALL", "BPF_JIT", "PERF_EVENTS", "BPF_EVENTS", "DEBUG_INFO_BTF", "FTRACE_SYSCALLS", "KPROBE_EVENTS", "UPROBE_EVENTS", "DYNAMIC_FTRACE_WITH_DIRECT_CALLS"]; // prettier-ignore
  const text = config.map((each) => (each === option ? `# CONFIG_${each} is not set` : `CONFIG_${each}=y`)).join("\n"); // prettier-ignore
  return { files: { "/boot/config-6.12.1": `${text}\n` } };
}

/** What is otherwise, what is then found, and (of what it says or advises) a part. */
const STATES: readonly (readonly [id: string, made: Made, verdict: Verdict, says: string, mend?: string])[] = [
  ["kernel", {}, "yes", "6.12.1 (x86_64)"],
  ["kernel", { release: "5.10.0-28-amd64" }, "warning", "older than 6.1"],
  ["kernel", { release: "4.4.0" }, "no", "too old", "6.1"],
  ["config", {}, "yes", "built with what"],
  ["config", { files: { "/boot/config-6.12.1": null } }, "warning", "cannot be read", "modprobe configs"],
  ["config", without("BPF_SYSCALL"), "no", "without CONFIG_BPF_SYSCALL", "kernel of a current"],
  ["config", without("FTRACE_SYSCALLS"), "warning", "CONFIG_FTRACE_SYSCALLS (system calls have no tracepoints)"],
  ["tracefs", {}, "yes", "/sys/kernel/tracing"],
  ["tracefs", { files: { "/sys/kernel/tracing/events": null } }, "no", "not mounted", "mount -t tracefs"],
  ["tracefs", { files: { "/sys/kernel/tracing/events": null, "/sys/kernel/debug/tracing/events": "" } }, "yes", "/sys/kernel/debug/tracing"],
  ["tracefs", { ...BY_USER, files: { ...BY_USER.files, "/sys/kernel/tracing/events": { code: "EACCES" } } }, "no", "cannot be read", "sudo"],
  ["btf", {}, "yes", "BTF"],
  ["btf", { files: { "/sys/kernel/btf/vmlinux": null } }, "no", "no structs", "CONFIG_DEBUG_INFO_BTF"],
  ["btf", { files: { "/sys/kernel/btf/vmlinux": { code: "EACCES" } } }, "no", "cannot be read", "sudo"],
  ["kprobes", {}, "yes", "can be probed"],
  ["kprobes", { files: { "/sys/bus/event_source/devices/kprobe": null } }, "no", "no kprobes", "tracepoints"],
  ["kprobes", { files: { "/sys/kernel/debug/kprobes/enabled": "0\n" } }, "warning", "switched off", "echo 1"],
  ["kprobes", { files: { "/sys/kernel/tracing/available_filter_functions": { code: "EPERM" }, "/sys/kernel/security/lockdown": "none integrity [confidentiality]\n" } }, "no", "locked down (confidentiality)", "lockdown="],
  ["kprobes", { files: { "/sys/kernel/tracing/available_filter_functions": { code: "EPERM" } } }, "no", "may not be read", "tracepoints"],
  ["kprobes", { files: { "/sys/kernel/tracing/available_filter_functions": { code: "EPERM" }, "/sys/bus/event_source/devices/kprobe": null } }, "no", "has no kprobes", "tracepoints"],
  ["lockdown", { files: { "/sys/kernel/tracing/available_filter_functions": { code: "EPERM" }, "/sys/kernel/security/lockdown": null } }, "warning", "not to be seen", "securityfs"],
  ["fentry", {}, "yes", "little cost"],
  ["fentry", without("DYNAMIC_FTRACE_WITH_DIRECT_CALLS"), "no", "no fentry", "kprobes are taken"],
  ["fentry", { files: { "/proc/sys/kernel/ftrace_enabled": "0\n" } }, "warning", "ftrace is switched off", "sysctl kernel.ftrace_enabled=1"],
  ["fentry", { files: { "/sys/kernel/tracing/available_filter_functions": null } }, "no", "no fentry"],
  ["fentry", { files: { "/sys/kernel/tracing/events": null, "/sys/kernel/tracing/available_filter_functions": { code: "EACCES" } } }, "warning", "not to be seen", "sudo"],
  ["uprobes", {}, "yes", "malloc"],
  ["uprobes", { files: { "/sys/bus/event_source/devices/uprobe": null } }, "no", "malloc and free", "CONFIG_UPROBE_EVENTS"],
  ["kallsyms", {}, "yes", "have names"],
  ["kallsyms", { files: { "/proc/sys/kernel/kptr_restrict": "2\n" } }, "warning", "no names", "kptr_restrict=1"],
  ["privileges", {}, "yes", "root"],
  ["privileges", BY_USER, "no", "needs root", "sudo"],
  ["privileges", BY_TRUSTED, "warning", "CAP_BPF and CAP_PERFMON are there", "sudo"],
  ["privileges", { files: BY_USER.files ?? {} }, "no", "CAP_BPF and CAP_PERFMON are missing", "--privileged"],
  ["lockdown", {}, "yes", "not locked down"],
  ["lockdown", { files: { "/sys/kernel/security/lockdown": null } }, "yes", "not locked down"],
  ["lockdown", { files: { "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n" } }, "yes", "still lets programs read"],
  ["lockdown", { files: { "/sys/kernel/security/lockdown": "none integrity [confidentiality]\n" } }, "no", "may not read", "lockdown=confidentiality"],
  ["perf", {}, "yes", "is 3, which does not bind"],
  ["perf", BY_USER, "warning", "CAP_PERFMON", "sudo"],
  ["perf", { ...BY_USER, files: { ...BY_USER.files, "/proc/sys/kernel/perf_event_paranoid": "-1\n" } }, "yes", "is -1"],
  ["bpf", {}, "yes", "compiled"],
  ["bpf", { files: { "/proc/sys/net/core/bpf_jit_enable": "0\n" } }, "warning", "interpreted", "bpf_jit_enable=1"],
  ["bpf", { files: { "/proc/sys/kernel/bpf_stats_enabled": "1\n" } }, "warning", "takes the time", "bpf_stats_enabled=0"],
  ["bpf", BY_USER, "warning", "CAP_BPF", "sudo"],
  ["memlock", {}, "yes", "since 5.11"],
  ["memlock", { release: "5.10.0" }, "warning", "only 8388608 bytes", "ulimit -l unlimited"],
  ["memlock", { release: "5.10.0", files: { "/proc/self/limits": "Max locked memory         unlimited            unlimited            bytes\n" } }, "yes", "unlimited"],
  ["bpftrace", {}, "yes", "0.23.2 (/usr/bin/bpftrace)"],
  ["bpftrace", { tracer: { path: "/opt/bpftrace", version: "0.99.0" } }, "warning", "newer than"],
  ["bpftrace", { tracer: new TracerError(3, "bpftrace is not installed", "install the package") }, "no", "not installed", "install the package"],
  ["bcc", {}, "yes", "BCC 0.31.0"],
  ["bcc", { bcc: NO_BCC }, "warning", "BCC is not installed; only programs for BCC need it", "python3-bpfcc"],
  ["headers", {}, "yes", "/lib/modules/6.12.1/build"],
  ["headers", { files: { "/lib/modules/6.12.1/build": null, "/sys/kernel/kheaders.tar.xz": "" } }, "yes", "brings its headers"],
  ["headers", { files: { "/lib/modules/6.12.1/build": null } }, "warning", "not installed", "linux-headers-6.12.1"],
  ["symbols", {}, "yes", "/usr/lib/debug"],
  ["symbols", { files: { "/usr/lib/debug/.build-id/ab": null } }, "warning", "frame pointers", "-fno-omit-frame-pointer"],
  ["swap", {}, "yes", "1 device"],
  ["swap", { files: { "/proc/swaps": "Filename\tType\n" } }, "warning", "no swap", "zram"],
  ["pidns", {}, "yes", "initial PID namespace"],
  ["pidns", { files: { "/proc/self/ns/pid": "pid:[4026532178]" } }, "warning", "inside the PID namespace 4026532178", "--pid=host"],
  ["cgroups", {}, "yes", "the paths that /sys/fs/cgroup shows"],
  ["cgroups", { files: { "/proc/self/mountinfo": "" } }, "warning", "not mounted", "mount -t cgroup2"],
  ["cgroups", { files: { "/proc/self/ns/cgroup": "cgroup:[4026532999]" } }, "warning", "cgroup namespace", "--cgroupns=host"],
  ["cgroup2", {}, "yes", "memory cgroups"],
  ["cgroup2", { files: { "/sys/fs/cgroup/cgroup.controllers": "cpu io\n" } }, "warning", "memcg_reclaim", "mount -t cgroup2"],
]; // prettier-ignore

describe.each([...new Set(STATES.map(([id]) => id))])("%s", (id) => {
  const cases = STATES.filter(([each]) => each === id).map(([, made, verdict, says, mend]) => ({ made, verdict, says, mend })); // prettier-ignore
  it.each(cases)("$verdict: $says", async ({ made, verdict, says, mend }) => {
    const found = await finding(id, made);
    expect(found.verdict).toBe(verdict);
    expect(found.says).toContain(says);
    if (mend !== undefined) expect(found.mend).toContain(mend);
  });
});

describe("the diagnosis", () => {
  it("finds nothing wrong where all is well, and every check is tested in more than one state", async () => {
    const { ready, findings } = await diagnose(madeHost());
    expect(ready).toBe(true);
    expect(findings.filter(({ verdict }) => verdict !== "yes")).toEqual([]);
    for (const { id } of findings)
      expect(new Set(STATES.filter(([each]) => each === id).map(([, , verdict]) => verdict)).size, id).toBeGreaterThan(1); // prettier-ignore
  });

  it("is not ready without what every query needs, and is without what some need", async () => {
    const ready = async (made: Made): Promise<boolean> => (await diagnose(madeHost(made))).ready;
    expect(await ready(BY_USER)).toBe(false);
    expect(await ready({ tracer: new TracerError(3, "bpftrace is not installed", "") })).toBe(false);
    expect(await ready({ files: { "/sys/kernel/tracing/events": null } })).toBe(false);
    expect(await ready({ files: { "/sys/bus/event_source/devices/kprobe": null } })).toBe(true);
    expect(await ready({ files: { "/sys/kernel/btf/vmlinux": null } })).toBe(true);
    expect(await ready({ bcc: NO_BCC })).toBe(true);
  });

  it("says of another system only that it is another", async () => {
    const { ready, findings } = await diagnose(madeHost({ platform: "darwin" }));
    expect(ready).toBe(false);
    expect(findings).toEqual([expect.objectContaining({ id: "kernel", verdict: "no" })]);
    expect(findings[0]?.mend).toContain("faultline compile");
  });

  it("reads a packed configuration", async () => {
    const host = madeHost({ files: { "/boot/config-6.12.1": null } });
    const packed = gzipSync("CONFIG_BPF=y\n");
    const { findings } = await diagnose({
      ...host,
      files: { ...host.files, bytesOf: (path) => (path === "/proc/config.gz" ? packed : host.files.bytesOf(path)) },
    }); // prettier-ignore
    expect(findings.find(({ id }) => id === "config")?.says).toContain("without CONFIG_BPF_SYSCALL");
  });

  it("passes on what is no finding, but a fault", async () => {
    await expect(diagnose(madeHost({ tracer: new Error("a fault") }))).rejects.toThrow("a fault");
  });
});

describe("as text", () => {
  const style = { width: 80, verdict: (_: Verdict, text: string) => text, faint: (text: string) => text };

  it("has a line a thing, what to do below it, and what follows from it all", async () => {
    const text = renderDiagnosis(await diagnose(madeHost({ bcc: NO_BCC })), style);
    expect(text).toMatch(/^yes {6}tracefs {5}tracefs is mounted on \/sys\/kernel\/tracing$/m);
    expect(text).toMatch(/^warning {2}bcc {9}BCC is not installed;[^→]*\n {21}→ install the package/m);
    expect(text).toMatch(/\n\nThis machine is ready; what is said of 1 thing above limits some queries\.\n$/);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("names what stops everything", async () => {
    const text = renderDiagnosis(await diagnose(madeHost(BY_USER)), style);
    expect(text).toMatch(/Nothing can be traced here before this is mended: privileges\.\n$/);
  });

  it("lets no text move the cursor", async () => {
    const made = { tracer: { path: "/tmp/\u001b[2J/bpftrace", version: "0.23.2" } };
    expect(renderDiagnosis(await diagnose(madeHost(made)), style)).not.toContain("\u001b");
  });
});
