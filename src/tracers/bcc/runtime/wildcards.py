"""Wildcards whose probes are identified by number."""
import os


def matching(found, pattern):
    """The names of the probes that a pattern stands for, of which there must be one."""
    if not found:
        raise LookupError("no probe matches %s" % pattern)
    return sorted(found)


def numbered(probes, found, prefix, function, context):
    """Makes a C function for each found probe, which calls `function` with the probe's number.

    Returns (probe, function) pairs and the C text, and appends the names to `probes`.
    """
    functions = []
    lines = []
    for name in found:
        number = len(probes)
        own = "%s_%d" % (function, number)
        lines.append("int %s(%s *ctx) { return %s(ctx, %d); }\n" % (own, context, function, number))
        functions.append((name, own.encode()))
        probes.append(prefix + os.fsdecode(name))
    return functions, "".join(lines)
