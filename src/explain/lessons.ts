/** A lesson on each concept, for first-time users, with a query to try. */
import type { ConceptId } from "./concepts.js";

export interface Lesson {
  readonly text: string;
  readonly example: string;
}

export const LESSONS: Readonly<Record<ConceptId, Lesson>> = {
  tracepoint: {
    text:
      "A tracepoint is a place in the kernel's source where its authors wrote: here something happens that is worth " +
      "telling. It has a category and a name, vmscan:mm_vmscan_direct_reclaim_begin, and arguments with names and types, which the kernel " +
      "describes in a file (/sys/kernel/tracing/events/CATEGORY/NAME/format). While nothing listens it costs a jump " +
      "over nothing. With a program attached, the kernel copies the arguments into a record and calls the program with it. " +
      "Tracepoints are kept from release to release as far as can be, so a query on one lives longer than a query on a function; " +
      "still they do move: mm_vmscan_writepage became mm_vmscan_write_folio. " +
      "Every system call has two of them, sys_enter_NAME and sys_exit_NAME.",
    example: "mmap sum(len) by comm",
  },
  rawtracepoint: {
    text:
      "When a tracepoint is reached, the kernel first copies its arguments into a record of the layout that the format file " +
      "promises, and then calls the program. A raw tracepoint leaves the copying out: the program is called with the " +
      "arguments as the kernel's own code passed them, pointers to its structs among them. It takes about a quarter of the time. The price is that " +
      "nothing is promised about these arguments, which follow the kernel's source. Faultline takes a raw tracepoint where a " +
      "query only counts, or reads what every event has (comm, pid, a stack): then there is nothing to copy, and nothing that can move. " +
      "System calls have none of their own, since two raw tracepoints serve them all.",
    example: "rss by comm",
  },
  kprobe: {
    text:
      "A kprobe makes a program run whenever the kernel enters a function, nearly any of tens of thousands. The kernel puts a " +
      "breakpoint, or where it can a call, over the first instruction; when it is reached the registers are saved and the program " +
      "is called. In the registers are the function's arguments, without names or types: those come from BTF. " +
      "A kprobe sees what no tracepoint shows, and binds you to it: functions are renamed, inlined and split between releases, " +
      "as swap_readpage became swap_read_folio, and a query that was right yesterday finds nothing to attach to. " +
      "Functions that the compiler inlined cannot be probed at all. Prefer a tracepoint where there is one, and fentry where the kernel has it.",
    example: "faults by comm via kprobe",
  },
  kretprobe: {
    text:
      "A kretprobe runs a program when a function of the kernel returns. It is a kprobe that, at the entry, replaces the address to return to by one of its own; " +
      "when the function is done the kernel lands there, calls the program with the value returned, and goes on to where it was to go. So it costs twice: " +
      "once at each end, about a microsecond on the emulated guests. A fixed number of calls can be under way at once; more are missed, and counted as " +
      "such. The arguments are gone by then: to use both, keep them at the entry in a map by thread, which is what a span does. " +
      "Where BTF and the tracer allow it, fexit does the same for less, and has the arguments too.",
    example: "kretprobe:try_to_free_pages stats(retval) by comm",
  },
  fentry: {
    text:
      "At the start of each function of a kernel built for tracing there are a few bytes that do nothing. fentry writes a call there, " +
      "straight to a small piece of code (a trampoline) that calls the program and returns: no breakpoint, no registers saved " +
      "and restored. fexit has the trampoline call the function itself, and then the program, so that it knows both the arguments and the result. " +
      "Both get their arguments with their types from BTF, and may follow pointers in them as C does. " +
      "They count exactly what a kprobe and a kretprobe on the same function count, for little more than half, so Faultline takes them instead " +
      "wherever the kernel (5.5 and later on x86, with BTF) and the tracer can. bpftrace before 0.20 calls them kfunc and kretfunc.",
    example: "faults by file",
  },
  uprobe: {
    text:
      "A uprobe is a breakpoint in a program or a library: a function's place in the file is looked up, and every process that " +
      "maps this file, now or later, gets the breakpoint. When a thread comes there the processor traps into the kernel, which runs the program, carries out the " +
      "instruction that the breakpoint hid, and goes back. That way in and out makes it dear: twenty to forty times as much as a probe in the kernel. " +
      "For malloc, which a busy process calls a million times a second, it can slow that process to a fraction of its speed: filter by process, " +
      "count instead of printing, and keep it short. The file must have the function's symbol; one that is stripped has only what it exports. " +
      "Arguments are by position, since a library does not say their names.",
    example: "malloc hist(size) by comm",
  },
  uretprobe: {
    text:
      "A uretprobe runs when a function of a program or a library returns, and has the value returned: the address that malloc gave, " +
      "or 0 when there was no memory. At the entry it puts its own return address on the process's stack, at the return it traps and puts things right. " +
      "So each call costs two traps, and a stack walked inside the function may end early. It does not know the arguments: a span keeps them at the entry, " +
      "as `malloc_call` does with the size. Languages that move their stacks, as Go does, can crash under a uretprobe; " +
      "for C and C++ it is safe.",
    example: "uretprobe:libc:malloc count() by comm where retval == 0",
  },
  usdt: {
    text:
      "USDT stands for user statically defined tracing: a tracepoint that the author of a program or library put into it, with a name that is kept from version to version. " +
      "In the code there is one instruction that does nothing; a note in the file says where it is and which registers hold the arguments. " +
      "Attached, it is a uprobe and costs what one costs; not attached, nothing. glibc has some for its allocator (memory_heap_new, " +
      "memory_sbrk_more), and databases and language runtimes for their queries and their garbage collection, if they were built with them. " +
      "`bpftrace -l 'usdt:/path/to/file:*'` lists those of a file.",
    example: 'usdt:"/usr/lib/x86_64-linux-gnu/libc.so.6":libc:memory_heap_new count() by comm',
  },
  software: {
    text:
      "Some counts the kernel keeps for itself, and lets others take part in: page faults, context switches, migrations of threads between CPUs. " +
      "perf calls them software events, as no counter of the processor is needed. A program is attached to such an event with a period: run at every one, or at " +
      "every hundredth. bpftrace left alone takes one in a hundred or so, which makes counts wrong without a word; Faultline always asks for every one. " +
      "There are few of them and they have no arguments, but they exist on every kernel and in every virtual machine, which is why `faults by comm` works " +
      "where neither kprobes nor tracepoints do.",
    example: "faults by comm, pid",
  },
  hardware: {
    text:
      "The processor counts too: cycles, instructions, cache misses, branches guessed wrong. A counter is set to interrupt after a " +
      "number of them, and the program runs in that interrupt, so each event stands for a million cache misses, say: a sample, not a count. Group by comm or by a " +
      "stack and see where they happen. The instruction that is caught may be some after the one to blame. A virtual machine often has no such counters, and " +
      "then the probe cannot be attached. Choose a period that gives some thousand samples a second at most: what is measured is then hardly disturbed.",
    example: "hardware:cache-misses:1000000 count() by comm",
  },
  timer: {
    text:
      "Some programs wait for the clock and not for an event. `profile` runs on every CPU a given number of times a second and sees what that CPU " +
      "was doing: with a stack as key, counting such samples shows where time goes. Rates like 99, just beside a round number, avoid running in step with " +
      "what is measured. `interval` runs on one CPU at a time and is for telling: it prints maps and clears them. " +
      "That is how `every 1s` and `for 30s` are made. While an interval prints, events go on being " +
      "counted, and the few that come between the printing and the clearing are in no line: of a total, trust `for 30s` more than the sum of thirty lines.",
    example: "profile:hz:99 count() by kstack top 10 for 10s",
  },
  map: {
    text:
      "A map is a table in the kernel. BPF programs have no memory of their own that lasts from one event to the next: what they count or " +
      "remember is in maps, by key, and the tracer reads those from outside. So a million page faults become a table with a line a process, and only that table " +
      "leaves the kernel. bpftrace's maps have a fixed room (here 16,384 keys unless --max-entries says otherwise), all of it taken at the start. " +
      "When one is full, a new key is refused and old keys go on: a table with as many lines as it has room for lacks " +
      "something. Fewer keys help, or a filter, or `every`, which empties it.",
    example: "faults by comm, pid every 1s",
  },
  "per-cpu": {
    text:
      "If all CPUs added to one number they would wait for each other at each event, and sometimes lose one. A per-CPU map has, for each key, a value for each " +
      "CPU: every CPU adds to its own, without locks, and the tracer sums them up when it reads. That is why counting is so cheap, and why counts, sums, extremes, averages and histograms " +
      "are what they are: each can be put together from parts. A median cannot; a histogram gives it approximately, which is what `p50` does. The price is " +
      "memory: a key costs eight bytes or so for each CPU that the machine could have. And a value read in the middle of a trace is a little behind, since others go on adding.",
    example: "malloc sum(size), count() by comm for 10s",
  },
  histogram: {
    text:
      "An average of 2 ms may be a thousand calls of 2 ms, or one that took 2 s and many that took none; a histogram shows which. " +
      "`hist` counts values in buckets that double: 1, 2 to 3, 4 to 7, and so on. One shift finds the bucket, sixty-four of them cover any number, and " +
      "the picture is true to within a factor of two. Two humps in it mean two kinds of event: fast path and slow path, memory and disk. " +
      "`lhist(value, min, max, step)` has even buckets, for when the range is known. A histogram is built in the kernel; each bucket of each key is an entry of its map.",
    example: "direct_reclaim hist(latency) by comm",
  },
  stack: {
    text:
      "A stack is the list of functions that led to the event: how did we come here. `kstack` is the kernel's part, `ustack` the process's. " +
      "The kernel walks its own reliably. A process's it can walk only by frame pointers, a chain that compilers leave out unless they are " +
      "given -fno-omit-frame-pointer: without them a stack is cut off after a function or two, or wrong. Names come later, when the result " +
      "is shown: the kernel's from /proc/kallsyms, a process's from the symbols of its files, and it must still be running for that. Walking can cost more than " +
      "everything else together, so filters come first. As a key, equal stacks are counted together: sorted by count, the few at the top matter most.",
    example: "brk by ustack, comm",
  },
  span: {
    text:
      "A span joins two events to one: it begins, it ends, and in between is the latency. At the begin a program writes the time into a map, under a key that will " +
      "be the same at the end: most often the thread (tid), for an allocation the address. At the end another looks the key up, subtracts, and removes the entry. " +
      "An end without a begin, since tracing started in between, is passed over. So the first results come from spans that began after the trace did, and very long ones are " +
      "missing in short traces. `open` shows the other side: those that have begun and not ended, with their age. For allocations that is a " +
      "search for leaks; for calls it shows who is stuck right now.",
    example: "direct_reclaim stats(latency) by comm where latency > 1ms",
  },
  btf: {
    text:
      "BTF, the BPF Type Format, is the kernel's own description of its structs, enums and functions, some megabytes in /sys/kernel/btf/vmlinux. With it " +
      "`vma.vm_file.f_path.dentry.d_name.name` can be checked and turned into offsets for exactly the kernel that runs: no headers to install, and a field that " +
      "moved or was renamed is found when the query is compiled. It also gives the names and types of function arguments, " +
      "which fentry needs, and the values of enums. Distribution kernels have had it since about 2020 " +
      "(CONFIG_DEBUG_INFO_BTF). `faultline profile capture` takes it along, so that one machine can compile for another.",
    example: 'faults by file where file ~ "*.so"',
  },
  task: {
    text:
      "To the kernel everything that runs is a task with a name of 15 bytes: comm. A process is a group of tasks, its threads, and its name is that of " +
      "the first: process. A program may change both, and many do for each thread, so `by comm` splits what `by process` does not. " +
      "exe is the name of the program's file: whole, and not for the program to change, but the same for every script in Python. " +
      "cmdline tells those apart. It is in the program's own memory, so Faultline reads it from /proc when a program starts, and `(unknown)` " +
      "stands for what had ended before. Users and groups are numbers to the kernel, shown with the names that /etc/passwd and " +
      "/etc/group of the traced machine have for them, which may be others in a container.",
    example: 'faults by process, exe, uid where parent == "systemd"',
  },
  filter: {
    text:
      "Most events are not of interest, and the cheapest thing to do with them is nothing. A filter (bpftrace calls it a predicate) is tested in the kernel as the first " +
      "act of the program: no stack is walked, no map is touched, nothing is sent for what does not pass. Faultline splits `where` at its `and`s and tests the " +
      "cheapest part first: a number in a register before one in memory, text last. A pattern such as \"*.so\" becomes a " +
      "comparison of the last three bytes. What is known only at the end, as latency is, is tested there. " +
      "The probe itself still runs for each event: a filter makes an event cheap, not free.",
    example: "mmap show time, comm, len where len > 1MB and flags has MAP_ANONYMOUS",
  },
  buffer: {
    text:
      "`show` reports each event by itself, so each has to travel from the kernel to the tracer. It goes through a buffer shared by both: " +
      "a ring a CPU (the perf buffer), or one ring for all, which newer versions of bpftrace use. The program writes, the tracer wakes up and reads. " +
      "If events come faster than they are read the buffer fills up, and what does not fit is thrown away: the kernel does not wait. " +
      "Such lost events are counted, and Faultline reports how many. Then ask for less: a filter, fewer columns, or an aggregate, which is counted " +
      "in the kernel and never lost. As a rule, show up to some thousands a second, and count everything above.",
    example: "oomkill show time, pid, comm, victim, victim_pid, pages",
  },
  verifier: {
    text:
      "Before a BPF program runs, the kernel's verifier walks all of its paths and proves that it ends, that it reads only memory it may read, and that " +
      "it never uses what it has not set. A program that it cannot prove is refused, even if it is right. That is why tracing with BPF cannot hang or crash a machine, " +
      "and why it has limits: 512 bytes of stack, loops with a bound, a million instructions looked at. Other memory is read through a helper, " +
      "which answers zero for an address that is not there. A search for \"*text*\" is a bounded loop for that reason. " +
      "Each kernel's verifier is cleverer than the last: what an old one refuses a new one may take.",
    example: 'faults by comm where file ~ "*lib*"',
  },
}; // prettier-ignore
