"""Values as text."""

import contextlib
import os


def printable(value, quoted=False):
    value = value.replace("\\", "\\\\").replace('"', '\\"') if quoted else value
    raw = (c if c.isprintable() else c.encode("utf-8", "surrogateescape") for c in value)
    return "".join(c if isinstance(c, str) else repr(c)[2:-1] for c in raw)


def plain(value):
    return "-" if value is None else str(value)


def frames(value):
    """Puts each frame of a stack on a line of its own, below the row."""
    if value is None:
        return "-"
    return "".join("\n    " + printable(frame) for frame in value.split("\n"))


def truth(value):
    return "true" if value else "false"


def hexadecimal(value):
    return "-" if value is None else "0x%x" % (value & 0xFFFFFFFFFFFFFFFF)


def scaled(value, step, units):
    """Formats about three digits, in the largest unit that keeps the number above one."""
    if value is None:
        return "-"
    amount = abs(value)
    index = 0
    while index < len(units) - 1 and amount >= step - (0.5 if index else 0):
        amount /= step
        index += 1
    digits = "%.3g" % amount if index > 0 and amount < 100 else str(int(amount + 0.5))
    return "%s%s %s" % ("-" if value < 0 else "", digits, units[index])


def size(value):
    return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])


def duration(value):
    if value is None:
        return "-"
    if abs(value) < 60 * 10**9:
        return scaled(value, 1000, ["ns", "\u00b5s", "ms", "s"])
    seconds = round(abs(value) / 1e9)
    sign = "-" if value < 0 else ""
    if seconds < 3600:
        return "%s%dm%02ds" % (sign, seconds // 60, seconds % 60)
    return "%s%dh%02dm" % (sign, seconds // 3600, seconds // 60 % 60)


def in_units(value, unit):
    if value is None:
        return "-"
    quotient = round(value / unit, 2)
    return str(int(quotient)) if quotient == int(quotient) else str(quotient)


def rate(value, unit, show=None, factor=1):
    """Rounds to three digits, the precision of a measured time."""
    if value is None:
        return "-"
    amount = value / factor
    if abs(amount) >= 100:
        return "%s/s" % show(amount) if show else "%d%s" % (round(amount), unit)
    return "%.3g%s" % (amount, unit)


def between(bounds, show):
    """Returns LOW..HIGH; one value if both are equal, and <= HIGH without a low bound."""
    if bounds is None:
        return "-"
    low, high = bounds
    if low is None:
        return "<= %s" % show(high)
    return show(high) if low == high else "%s..%s" % (show(low), show(high))


def fraction(value, parts):
    return "-" if value is None else "%.2f" % (value / parts)


def disk_name(number):
    if not disk_names:
        with open("/proc/partitions") as partitions:
            for line in partitions.read().splitlines()[2:]:
                major, minor, _, name = line.split()
                disk_names[int(major) << 20 | int(minor)] = name
    return disk_names.get(number, "%s:%s" % (number >> 20, number & 0xFFFFF))


disk_names = {}


def cgroup_path(number):
    """Returns the path of a control group of version 2, or its number if it cannot be seen."""
    if number not in cgroup_paths:
        with open("/proc/self/mountinfo") as mounts:
            places = [line.split()[4] for line in mounts if " - cgroup2 " in line]
        for place in places[:1]:
            for directory, _, _ in os.walk(place):
                path = directory[len(place) :] or "/"
                with contextlib.suppress(OSError):
                    cgroup_paths.setdefault(os.stat(directory).st_ino, path)
        cgroup_paths.setdefault(number, str(number) if number else "-")
    return printable(cgroup_paths[number])


cgroup_paths = {}
def user_name(number):
    return account_name(number, "/etc/passwd", user_names)


def group_name(number):
    return account_name(number, "/etc/group", group_names)


def account_name(number, path, names):
    """Returns the name of a user or a group, or its number."""
    if not names:
        with open(path, errors="replace") as accounts:
            for line in accounts:
                name, _, identity = (line.split(":") + ["", ""])[:3]
                if identity.strip().isdigit():
                    names.setdefault(int(identity), name)
    return "-" if number is None else printable(names.get(number, str(number)))


user_names = {}
group_names = {}


def member_name(value, members):
    """Returns the first name of an enum for the value, or the value itself."""
    for name, number in members:
        if number == value:
            return name
    return "-" if value is None else str(value)


def result_name(value, errors):
    """Returns a number, or the name of the error that it stands for, if it is below zero."""
    for name, number in errors:
        if value is not None and number == -value:
            return "-" + name
    return "-" if value is None else str(value)


def flag_names(value, flags, zeros=()):
    """Joins names as in C, unnamed bits in hexadecimal; `zeros` names the absence of some bits."""
    if value is None:
        return "-"
    found = [name for name, bits in zeros if not value & bits][:1]
    for name, bits in flags:
        if value & bits == bits:
            found.append(name)
            value &= ~bits
    return "|".join(found + (["0x%x" % value] if value or not found else []))
