"""Wildcards whose probes are told apart."""
import os


def numbered(probes, found, prefix, function, context):
    """A C function for each probe, which calls `function` with the probe's number.

    Returns the probes with their functions, and the C text. Their names are added to `probes`.
    """
    functions = []
    lines = []
    for name in sorted(found):
        number = len(probes)
        own = "%s_%d" % (function, number)
        lines.append("int %s(%s *ctx) { return %s(ctx, %d); }\n" % (own, context, function, number))
        functions.append((name, own.encode()))
        probes.append(prefix + os.fsdecode(name))
    return functions, "".join(lines)
