/** Functions of the Python text that write values for people, and print what was found. */
import { LOAD_PARTS } from "../../../semantics/types/types.js";
import { MARKS } from "../../script.js";

export const OUTPUT_HELPERS: Readonly<Record<string, string>> = {
  silence: `\
def silence(stream):
    """What it still keeps goes nowhere: it would fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())`,
  write: `\
def write(*lines):
    """BCC's callbacks cannot raise: a failure to write is remembered, and ends the program."""
    try:
        print(*lines, sep="\\n", flush=True)
    except OSError as error:
        unwritten.append(error)
        stopping.set()
        silence(sys.stdout)


unwritten = []`,
  note: `\
def note(words):
    """What is no result: where it cannot be written, tracing goes on without."""
    try:
        print(words, file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)`,
  plainly: `\
def plainly(value):
    return "-" if value is None else printable(str(value))`,
  printable: `\
def printable(words):
    """Text of the kernel or of a process must not move the cursor."""
    return "".join(
        c if c.isprintable() else "\\\\x%02x" % ord(c) if ord(c) < 256 else "\\\\u%04x" % ord(c) for c in words
    )`,
  line_by_line: `\
def line_by_line(value):
    return "-" if value is None else "\\n".join(printable(each) for each in value.split("\\n"))`,
  truth: `\
def truth(value):
    return "true" if value else "false"`,
  hexadecimal: `\
def hexadecimal(value):
    return "-" if value is None else "0x%x" % (value & 0xFFFFFFFFFFFFFFFF)`,
  wall_clock: `\
def wall_clock(nanoseconds):
    """The time of day of a time stamp of the kernel."""
    moment = datetime.datetime.fromtimestamp((nanoseconds + WALL_CLOCK) / 1e9)
    return moment.strftime("%H:%M:%S.") + "%03d" % (moment.microsecond // 1000)


WALL_CLOCK = time.time_ns() - boot_time()`,
  scaled: `\
def scaled(value, step, units):
    """Three digits that count, in the largest unit that leaves something before the point."""
    size = abs(value)
    index = 0
    while index < len(units) - 1 and size >= step - (0.5 if index else 0):
        size /= step
        index += 1
    if index == 0 or size >= 100:
        digits = str(int(size + 0.5))
    else:
        digits = ("%.*f" % (1 if size >= 10 else 2, size)).rstrip("0").rstrip(".")
    return "%s%s %s" % ("-" if value < 0 else "", digits, units[index])`,
  amount: `\
def amount(value):
    """A size in bytes."""
    return "-" if value is None else scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])`,
  time_span: `\
def time_span(value):
    if value is None:
        return "-"
    if abs(value) < 60 * 10**9:
        return scaled(value, 1000, ["ns", "\\u00b5s", "ms", "s"])
    seconds = round(abs(value) / 1e9)
    sign = "-" if value < 0 else ""
    if seconds < 3600:
        return "%s%dm%02ds" % (sign, seconds // 60, seconds % 60)
    return "%s%dh%02dm" % (sign, seconds // 3600, seconds // 60 % 60)`,
  in_units_of: `\
def in_units_of(factor):
    def shown(value):
        if value is None:
            return "-"
        number = round(value / factor, 2)
        return str(int(number)) if number == int(number) else str(number)
    return shown`,
  load_average: `\
def load_average(value):
    return "-" if value is None else "%.2f" % (value / ${LOAD_PARTS})`,
  disk_name: `\
def disk_name(value):
    """A disk by the number the kernel gives it."""
    if not disks:
        with open("/proc/partitions") as file:
            for line in file.read().splitlines()[2:]:
                major, minor, _, name = line.split()
                disks[int(major) << 20 | int(minor)] = name
    return "-" if value is None else disks.get(value, "%d:%d" % (value >> 20, value & 0xFFFFF))


disks = {}`,
  member_of: `\
def member_of(names):
    """One of an enum's names, the first of several; the number where it has none."""
    by_value = {value: name for name, value in reversed(names)}
    return lambda value: "-" if value is None else by_value.get(value, str(value))`,
  flags_of: `\
def flags_of(names, zeros=()):
    """Bits by name, joined as C does, in the order they are looked for; the rest in hexadecimal."""
    def shown(value):
        if value is None:
            return "-"
        found = [name for name, room in zeros if not value & room][:1]
        rest = value
        for name, bits in names:
            if rest & bits == bits:
                found.append(name)
                rest &= ~bits
        return "|".join(found + (["0x%x" % rest] if rest or not found else []))
    return shown`,
  show_table: `\
def show_table(columns, rows):
    """Columns are a name, whether they stand to the right, and what writes a value."""
    if not rows:
        write("no events")
        return
    cells = [[show(value).split("\\n") for (_, _, show), value in zip(columns, row)] for row in rows]
    widths = [
        max([len(name)] + [len(line) for row in cells for line in row[i]])
        for i, (name, _, _) in enumerate(columns)
    ]
    lines = [aligned([name for name, _, _ in columns], columns, widths)]
    for row in cells:
        for at in range(max(len(cell) for cell in row)):
            lines.append(aligned([cell[at] if at < len(cell) else "" for cell in row], columns, widths))
    write(*lines)`,
  aligned: `\
def aligned(cells, columns, widths):
    placed = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, (_, right, _), width in zip(cells, columns, widths)
    ]
    return "  ".join(placed).rstrip()`,
  show_histogram: `\
def show_histogram(buckets, show):
    if not buckets:
        write("no events")
        return
    names = []
    for bucket in buckets:
        low, high = bucket["min"], bucket["max"]
        if low == high:
            names.append("[%s]" % show(low))
        else:
            left = "(..." if low is None else "[%s" % show(low)
            names.append("%s, %s)" % (left, "..." if high is None else show(high + 1)))
    counts = [bucket["count"] for bucket in buckets]
    name_width = max(len(name) for name in names)
    count_width = max(len(str(count)) for count in counts)
    bar_width = max(10, min(52, 80 - name_width - count_width - 4))
    most = max(max(counts), 1)
    lines = []
    for name, count in zip(names, counts):
        bar = "@" * (max(1, round(count / most * bar_width)) if count else 0)
        lines.append("%-*s %*d |%-*s|" % (name_width, name, count_width, count, bar_width, bar))
    write(*lines)`,
  show_blocks: `\
def show_blocks(columns, histograms, rows):
    """Histograms, a block a group; each has a place in the group, a name, and what writes a bound."""
    if not rows:
        write("no events")
    for number, (facts, values) in enumerate(rows):
        if number:
            write("")
        for (name, _, show), value in zip(columns, facts):
            words = show(value)
            write("%s %s" % (name, words if "\\n" not in words else "\\n    " + words.replace("\\n", "\\n    ")))
        for place, name, show in histograms:
            write(name)
            show_histogram(values[place], show)`,
  title: `\
def title(query):
    """Says which result follows, where it is another than before."""
    if shown_last != [query]:
        write(("\\n" if shown_last else "") + query)
        shown_last[:] = [query]


shown_last = []`,
  show_line: `\
def show_line(columns, values, widths):
    """A line of a stream: a longer value moves the rest of it, and stacks stand below."""
    cells = []
    below = []
    for (_, _, show), value in zip(columns, values):
        if show is line_by_line:
            below += show(value).split("\\n")
        cells.append("" if show is line_by_line else show(value))
    write(aligned(cells, columns, widths), *("    " + line for line in below))`,
  by_size: `\
def by_size(groups, rank):
    """Those that matter most first."""
    def size(value):
        if isinstance(value, list):
            return sum(bucket["count"] for bucket in value)
        if isinstance(value, dict):
            return value["total"]
        return float("-inf") if value is None else value
    def name(key):
        return [(isinstance(part, str), part if isinstance(part, (int, str)) else 0) for part in key]
    return sorted(groups, key=lambda group: (-size(group[1][rank]), name(group[0])))`,
  say: `\
def say(message):
    """A line of the stream that \`--json\` asks for."""
    write(json.dumps(message, separators=(",", ":")))`,
  tell_code: `\
def tell_code(_context, data, _size):
    """What code a process maps, so that its stacks have names when it has ended."""
    code = bpf["mapped_code_buffer"].event(data)
    facts = [decoded(code.name), code.inode, code.start, code.extent, code.base, code.root, code.device]
    if arguments.json:
        say({"code": [code.mark, code.pid] + facts[: FACTS[code.mark]]})


FACTS = {${MARKS.process}: 0, ${MARKS.program}: 7, ${MARKS.directory}: 1, ${MARKS.library}: 5}`,
  say_kept: `\
def say_kept(consume):
    """Lines whose stacks may be of code that was still to be read: what comes meanwhile is kept."""
    ready = len(kept)
    consume()
    for message in kept[:ready]:
        say(message)
    del kept[:ready]


kept = []`,
  warn: `\
def warn(words):
    if arguments.json:
        say({"warning": words})
    else:
        note("warning: %s" % words)`,
  tell: `\
def tell(kind, count, words):
    if kind == 0 and arguments.json:
        say({"lost": count})
    else:
        warn("%d %s" % (count, words))`,
  tell_problems: `\
def tell_problems():
    """What went wrong since the last time, by the kinds of the C text."""
    kinds = [
        "events were lost: they came faster than they were read",
        "events of new groups were not counted: a table is full",
        "stacks are missing: they could not be read",
        "stacks are missing: another one had their place",
    ]
    for kind, words in enumerate(kinds):
        total = sum(bpf["problems"][kind])
        if total > told[kind]:
            tell(kind, total - told[kind], words)
            told[kind] = total


told = [0, 0, 0, 0]`,
};
