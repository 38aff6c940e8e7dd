/** Functions of the Python text; each is written when something calls it, in this order. */
import { LOAD_PARTS } from "../../semantics/types.js";
import { MARKS } from "../script.js";

export const PYTHON_HELPERS: Readonly<Record<string, string>> = {
  fail: `\
def fail(why):
    sys.exit("%s: %s" % (os.path.basename(sys.argv[0]), why))`,
  positive_number: `\
def positive_number(words):
    number = float(words)
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError("%s is not a number above 0" % words)
    return number`,
  whole_number: `\
def whole_number(words):
    number = int(words)
    if not 0 < number < 1 << 31:
        raise argparse.ArgumentTypeError("%s is not a whole number above 0" % words)
    return number`,
  boot_time: `\
def boot_time():
    """Nanoseconds since boot, by the clock of the events."""
    return time.clock_gettime_ns(CLOCK)`,
  decoded: `\
def decoded(raw):
    """Names in the kernel are bytes; what is no UTF-8 reads \\\\xNN."""
    return raw.decode("utf-8", "backslashreplace")`,
  symbol: `\
def symbol(address, pid):
    """A function's name and the place in it; the bare address where nothing is known of it."""
    key = (address, pid)
    if key not in symbols:
        name = bpf.ksym(address, show_offset=True) if pid < 0 else bpf.sym(address, pid, show_offset=True)
        name, _, offset = decoded(name).rpartition("+0x")
        known = name != "" and "[unknown]" not in name
        symbols[key] = "%s+%d" % (name, int(offset, 16)) if known else "0x%x" % address
    return symbols[key]


symbols = {}`,
  function_name: `\
def function_name(address, pid=-1):
    return symbol(address, pid).rpartition("+")[0] or "0x%x" % address`,
  frames: `\
def frames(number, pid):
    """A stack, the innermost function first; None where the kernel could not take it."""
    if number < 0:
        return None
    try:
        return "\\n".join(symbol(address, pid) for address in bpf["stacks"].walk(number))
    except KeyError:
        return None`,
  internet_address: `\
def internet_address(raw):
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, bytes(raw))`,
  address_of: `\
def address_of(name):
    """Where a variable of the kernel is."""
    with open("/proc/kallsyms") as file:
        for line in file:
            address, _, symbol_name = line.split()[:3]
            if symbol_name == name and int(address, 16):
                return int(address, 16)
    raise ValueError("this kernel has no variable %s, or hides where it is" % name)`,
  taken: `\
def taken(table, is_due):
    """The entries of a table that are due, which are then gone from it."""
    entries = []
    for key in [key for key in table.keys() if is_due(key)]:
        try:
            entries.append((key, table[key]))
            del table[key]
        except KeyError:
            pass
    return entries`,
  next_turn: `\
def next_turn(result):
    """Has the probes count in the other entries, and tells which are whole now: no probe is still at work on them."""
    turns = bpf["turns"]
    turn = turns[result].value
    turns[result] = turns.Leaf(1 - turn)
    # A barrier of the kernel waits for all probes that began before it.
    if LIBC.syscall(SYS_MEMBARRIER, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0:
        time.sleep(0.1)
    return turn


LIBC = ctypes.CDLL(None)
SYS_MEMBARRIER = {"x86_64": 324}.get(os.uname().machine, 283)
MEMBARRIER_CMD_GLOBAL = 1`,
  log2_slot: `\
def log2_slot(number):
    """0 for what is negative, 1 for zero, then one for each power of two."""
    return 0 if number < 0 else number.bit_length() + 1`,
  linear_slot: `\
def linear_slot(number, least, most, step):
    """0 for what is below, then one for each step, and one for what is above."""
    if number < least:
        return 0
    return ((most if number >= most else number) - least) // step + 1`,
  wrapped: `\
def wrapped(number, signed):
    """In 64 bits, as the kernel calculates."""
    number &= 0xFFFFFFFFFFFFFFFF
    return number - (1 << 64) if signed and number >> 63 else number`,
  divided: `\
def divided(number, by):
    """Towards zero, and zero by zero, as the kernel divides."""
    if by == 0:
        return 0
    quotient = abs(number) // abs(by)
    return quotient if (number < 0) == (by < 0) else -quotient`,
  remainder: `\
def remainder(number, by):
    return number - divided(number, by) * by if by else number`,
  least_of: `\
def least_of(values):
    return min((value for value in values if value is not None), default=None)`,
  most_of: `\
def most_of(values):
    return max((value for value in values if value is not None), default=None)`,
  power_bounds: `\
def power_bounds(slot):
    if slot == 0:
        return None, -1
    return (0, 0) if slot == 1 else (1 << (slot - 2), (1 << (slot - 1)) - 1)`,
  linear_bounds: `\
def linear_bounds(least, most, step):
    def bounds(slot):
        if slot == 0:
            return None, least - 1
        low = least + (slot - 1) * step
        return (most, None) if low >= most else (low, low + step - 1)
    return bounds`,
  histogram: `\
def histogram(slots, bounds):
    """From the first bucket that has something to the last."""
    buckets = []
    for slot in range(min(slots, default=0), max(slots, default=-1) + 1):
        low, high = bounds(slot)
        buckets.append({"min": low, "max": high, "count": slots.get(slot, 0)})
    return buckets`,
  summary: `\
def summary(total, count):
    return {"count": count, "total": total, "average": divided(total, count)}`,
  // ------------------------------------------------------------ for people
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
        print("no events", flush=True)
        return
    cells = [[show(value).split("\\n") for (_, _, show), value in zip(columns, row)] for row in rows]
    widths = [
        max([len(name)] + [len(line) for row in cells for line in row[i]])
        for i, (name, _, _) in enumerate(columns)
    ]
    print(aligned([name for name, _, _ in columns], columns, widths))
    for row in cells:
        for at in range(max(len(cell) for cell in row)):
            print(aligned([cell[at] if at < len(cell) else "" for cell in row], columns, widths))
    sys.stdout.flush()`,
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
        print("no events", flush=True)
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
    for name, count in zip(names, counts):
        bar = "@" * (max(1, round(count / most * bar_width)) if count else 0)
        print("%-*s %*d |%-*s|" % (name_width, name, count_width, count, bar_width, bar))
    sys.stdout.flush()`,
  show_blocks: `\
def show_blocks(columns, histograms, rows):
    """Histograms, a block a group; each has a place in the group, a name, and what writes a bound."""
    if not rows:
        print("no events", flush=True)
    for number, (facts, values) in enumerate(rows):
        if number:
            print()
        for (name, _, show), value in zip(columns, facts):
            words = show(value)
            print("%s %s" % (name, words if "\\n" not in words else "\\n    " + words.replace("\\n", "\\n    ")))
        for place, name, show in histograms:
            print(name)
            show_histogram(values[place], show)`,
  title: `\
def title(query):
    """Says which result follows, where it is another than before."""
    if shown_last != [query]:
        print(("\\n" if shown_last else "") + query)
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
    print(aligned(cells, columns, widths))
    for line in below:
        print("    " + line)
    sys.stdout.flush()`,
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
    print(json.dumps(message, separators=(",", ":")), flush=True)`,
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
        print("warning: %s" % words, file=sys.stderr)`,
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

/** The names of the helpers that a text mentions, and those that they mention themselves. */
export function neededHelpers(text: string): readonly string[] {
  const needed = new Set<string>();
  const scan = (body: string): void => {
    const code = body.replace(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"/g, "");
    for (const [word] of code.matchAll(/(?<![.\w])[a-z_0-9]+\b/g)) {
      const helper = Object.hasOwn(PYTHON_HELPERS, word) ? PYTHON_HELPERS[word] : undefined;
      if (helper === undefined || needed.has(word)) continue;
      needed.add(word);
      scan(helper);
    }
  };
  scan(text);
  return Object.keys(PYTHON_HELPERS).filter((name) => needed.has(name));
}
