"""Names of functions, and addresses of kernel variables."""
from .values import text


def symbol(bpf, address, pid):
    """Returns FUNCTION+OFFSET, or the bare address; pid -1 means the kernel."""
    if (address, pid) not in known_symbols:
        if pid < 0:
            found = bpf.ksym(address, show_offset=True)
        else:
            found = bpf.sym(address, pid, show_offset=True)
        name, _, offset = text(found).rpartition("+0x")
        is_known = name != "" and "[unknown]" not in name
        known = "%s+%d" % (name, int(offset, 16)) if is_known else "0x%x" % address
        known_symbols[address, pid] = known
    return known_symbols[address, pid]


known_symbols = {}


def function_name(bpf, address, pid=-1):
    return symbol(bpf, address, pid).rpartition("+")[0] or "0x%x" % address


def stack(bpf, number, pid):
    """Returns one frame per line, the innermost first, or None if the stack is missing."""
    if number < 0:
        return None
    try:
        return "\n".join(symbol(bpf, address, pid) for address in bpf["stacks"].walk(number))
    except KeyError:
        return None


def kernel_address(name):
    with open("/proc/kallsyms") as symbols:
        for line in symbols:
            address, _, found = line.split()[:3]
            if found == name and int(address, 16):
                return int(address, 16)
    raise ValueError("this kernel has no variable %s, or hides its address" % name)
