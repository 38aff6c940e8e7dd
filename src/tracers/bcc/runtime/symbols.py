"""Names of functions, and addresses of kernel variables."""
import itertools

from .values import text


def symbol(bpf, address, pid):
    """Returns FUNCTION+OFFSET, or the bare address; pid -1 means the kernel."""
    if (address, pid) not in known_symbols:
        found = bpf.sym(address, pid, show_offset=True, demangle=pid >= 0)
        name, _, offset = text(found).rpartition("+0x")
        is_known = name not in ("", "[unknown]")
        known = "%s+%d" % (name, int(offset, 16)) if is_known else "0x%x" % address
        known_symbols[address, pid] = known
    return known_symbols[address, pid]


known_symbols = {}


def function_name(bpf, address, pid=-1):
    return symbol(bpf, address, pid).rpartition("+")[0] or "0x%x" % address


def frames_of(bpf, table, number):
    """Returns the addresses, the innermost first, or None if the stack is missing."""
    try:
        entry = bpf[table][bpf[table].Key(number)]
    except KeyError:
        return None
    return list(itertools.takewhile(bool, entry.ip))


def stack(bpf, table, number, pid):
    """Returns one frame per line, the innermost first, or None if the stack is missing."""
    found = frames_of(bpf, table, number)
    return None if found is None else "\n".join(symbol(bpf, address, pid) for address in found)


def addresses(bpf, table, number):
    """Returns the bare addresses, as `stack` does their names."""
    found = frames_of(bpf, table, number)
    return None if found is None else "\n".join("0x%x" % address for address in found)


def with_caller(given, caller):
    """Puts the immediate caller into a stack taken at a function's entry, unless the kernel did."""
    if not given or caller == "0x0":
        return given
    innermost, _, rest = given.partition("\n")
    if rest.partition("\n")[0] == caller:
        return given
    return "\n".join(filter(None, [innermost, caller, rest]))


def kernel_address(name):
    with open("/proc/kallsyms") as symbols:
        for line in symbols:
            address, _, found = line.split()[:3]
            if found == name and int(address, 16):
                return int(address, 16)
    raise ValueError("this kernel has no variable %s, or hides its address" % name)
