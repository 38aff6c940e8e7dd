import { describe, expect, it } from "vitest";
import { classifyBpftrace } from "../../src/tracers/bpftrace/failures.js";

describe("why it failed", () => {
  it.each<[string, 1 | 3, string]>([
    [
      "stdin:1:1-23: ERROR: tracepoint not found: vmscan:nope\ntracepoint:vmscan:nope { }\n~~~~",
      3,
      "this kernel has no tracepoint vmscan:nope",
    ],
    [
      "/t/q.bt:1:1-23: ERROR: No matches for tracepoint vmscan:nope.\n",
      3,
      "this kernel has no tracepoint vmscan:nope",
    ],
    [
      "stdin:1:1-15: ERROR: No matches for kprobe nope_fn.",
      3,
      "there is nothing to attach kprobe:nope_fn to",
    ],
    [
      "create_probe_event: open(/sys/kernel/tracing/kprobe_events): No such file or directory\nERROR: Error attaching probe: 'kprobe:nope_fn'",
      3,
      "this kernel refuses the probe kprobe:nope_fn: No such file or directory",
    ],
    [
      "perf_event_open failed: No such file or directory\nERROR: Error attaching probe: hardware:cache-misses:1000",
      3,
      "this kernel refuses the probe hardware:cache-misses:1000: No such file or directory",
    ],
    [
      "ERROR: Unable to attach probe: hardware:cache-misses:1000. If this is expected, set the 'missing_probes' config variable to 'warn'.",
      3,
      "this kernel refuses the probe hardware:cache-misses:1000",
    ],
    [
      "stdin:1:1-22: ERROR: kfunc/kretfunc not available for your kernel version.",
      3,
      "this kernel has no fentry probes",
    ],
    [
      "ERROR: Missing CAP_DAC_READ_SEARCH capability, please run bpftrace as the root user.",
      3,
      "bpftrace needs root (or CAP_DAC_READ_SEARCH)",
    ],
    [
      "ERROR: Failed to open kernel function info: Error reading events from /sys/kernel/tracing/available_events (No such file or directory)",
      3,
      "tracefs is not mounted",
    ],
    [
      "ERROR: Error loading program: tracepoint:exceptions:page_fault_user (try -v)",
      1,
      "the kernel refuses the program for tracepoint:exceptions:page_fault_user",
    ],
    [
      "ERROR: Error loading BPF program for tracepoint_x_1. Error code: -28 (No space left on device). Use -v for full kernel error log.",
      1,
      "the kernel refuses the program for tracepoint_x_1: No space left on device",
    ],
    [
      "10: (85) call unknown#1\nunknown func bpf_d_path#147\nERROR: Error loading BPF program for kprobe_x_1. Use -v",
      1,
      "the kernel refuses the program for kprobe_x_1: unknown func bpf_d_path#147",
    ],
    [
      // As 0.17 says it on 6.18 when it is told to say all; hundreds of lines are left out.
      "ERROR: Error loading program: tracepoint:exceptions:page_fault_user (try -v)\n11: (05) goto pc-11\ninfinite loop detected at insn 1\ncur state: R0=scalar() R6=0 R10=fp0 fp-8=0 fp-16=0\nold state: R0=scalar() R6=0 R10=fp0 fp-8=0 fp-16=0\nprocessed 22 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0\n\nERROR: Error loading program: tracepoint:exceptions:page_fault_user",
      1,
      "the kernel refuses the program for tracepoint:exceptions:page_fault_user: infinite loop detected at insn 1",
    ],
    [
      // As 0.23 does.
      "ERROR: Error loading BPF program for software_page_faults_1_1. Use -v for full kernel error log.\n18: (c7) r1 s>>= 32                   ; R1=scalar(smin=0xffffffff80000000,smax=0x7fffffff)\n19: (65) if r1 s> 0xffffffff goto pc-16\nThe sequence of 8193 jumps is too complex.\nprocessed 106513 insns (limit 1000000) max_states_per_insn 4 total_states 1233 peak_states 1233 mark_read 0\n\n\nERROR: Loading BPF object(s) failed.",
      1,
      "the kernel refuses the program for software_page_faults_1_1: The sequence of 8193 jumps is too complex.",
    ],
    [
      "error: <unknown>:0:0: in function x: Looks like the BPF stack limit of 512 bytes is exceeded. Please",
      1,
      "the query keeps more than the 512 bytes a probe has",
    ],
    [
      "stdin:1:9-29: ERROR: Unknown struct/union: 'struct nosuch'\n",
      3,
      "this kernel has no type struct nosuch",
    ],
    [
      "stdin:1:9-12: ERROR: syntax error, unexpected end of file, expecting }\n",
      1,
      "bpftrace does not accept the script: syntax error, unexpected end of file, expecting }",
    ],
    [
      "uprobe target file '/bin/nope' does not exist or is not executable",
      3,
      "there is no program /bin/nope",
    ],
    [
      "ERROR: Could not resolve symbol: /bin/bash:nosuchsym, cannot attach probe.",
      3,
      "there is nothing called /bin/bash:nosuchsym",
    ],
    ["No probes to attach\n", 3, "none of the probes exists here"],
    [
      "terminate called after throwing an instance of 'std::bad_alloc'",
      1,
      "bpftrace ended with exit code 1: terminate called after throwing an instance of 'std::bad_alloc'",
    ],
  ])("%s", (stderr, exitCode, message) => {
    const error = classifyBpftrace({ stderr, exitCode: 1, signal: undefined });
    expect([error.exitCode, error.message]).toEqual([exitCode, message]);
    expect(error.hint).not.toBe("");
  });
});
