#!/usr/bin/env python3
"""Has BCC compile the C text of many programs, and the kernel verify every function of them, without
attaching anything. Prints a JSON object for each program: {"program": PATH, "error": null or TEXT}.
usage: bcc-accept.py PROGRAM...
"""
import ast
import ctypes
import glob
import json
import os
import re
import sys
import tempfile

from bcc import BPF
from bcc.libbcc import lib

KINDS = {
    b"tracepoint__": BPF.TRACEPOINT,
    b"raw_tracepoint__": BPF.RAW_TRACEPOINT,
    b"kfunc__": BPF.TRACING,
    b"kretfunc__": BPF.TRACING,
}
CONTEXTS = {"struct bpf_perf_event_data": BPF.PERF_EVENT, "struct pt_regs": BPF.KPROBE}


def c_text(path):
    with open(path) as file:
        tree = ast.parse(file.read())
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PROGRAM":
            return ast.literal_eval(node.value)
    raise ValueError("there is no PROGRAM in it")


def kind_of(name, text):
    for prefix, kind in KINDS.items():
        if name.startswith(prefix):
            return kind
    context = re.search(r"int %s\(([\w ]+?) \*" % re.escape(name.decode()), text).group(1)
    return CONTEXTS.get(context, BPF.TRACEPOINT)


def with_numbers(text):
    """Functions that the program makes for each probe of a wildcard: one of each."""
    for name, context in re.findall(r"^static __always_inline int (\w+)\(([\w ]+) \*ctx, u32 number\)", text, re.M):
        text += "int %s_0(%s *ctx) { return %s(ctx, 0); }\n" % (name, context, name)
    return text


def accept(path):
    text = with_numbers(c_text(path))
    addresses = ["-D%s=0ULL" % name for name in sorted(set(re.findall(r"\bADDRESS_OF_\w+", text)))]
    bpf = BPF(text=text, cflags=["-w", "-DONLY_PID=0", "-DMAX_ENTRIES=10240", "-DSTARTED=0ULL"] + addresses)
    for i in range(lib.bpf_num_functions(bpf.module)):
        name = lib.bpf_function_name(bpf.module, i)
        bpf.load_func(name, kind_of(name, text))
    bpf.cleanup()


def quietly(work):
    """What BCC writes to the standard error while it works, and its own exception."""
    with tempfile.TemporaryFile() as kept:
        before = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            work()
            failure = None
        except Exception as error:
            failure = "%s: %s" % (type(error).__name__, error)
        finally:
            os.dup2(before, 2)
            os.close(before)
        if failure is None:
            return None
        kept.seek(0)
        return failure + "\n" + kept.read().decode("utf-8", "replace")[-3000:]


def alone(path):
    """The programs of each of its queries: together they may be more than the kernel's verifier follows."""
    folder, name = os.path.split(path)
    found = sorted(glob.glob(os.path.join(folder, "alone", name.replace(".py", "-*.py"))))
    return found if found else [path]


def of_one(path):
    return quietly(lambda: accept(path))


def main():
    BPF._trace_autoload = lambda self: None
    lib.bpf_function_name.restype = ctypes.c_char_p
    for path in sys.argv[1:]:
        error = quietly(lambda: accept(path))
        if error and "too large" in error:
            error = next(filter(None, map(of_one, alone(path))), None)
        print(json.dumps({"program": path, "error": error}), flush=True)


main()
