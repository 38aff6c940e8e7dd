/** Functions of the Python text; each is written when something calls it, in this order. */
import { OUTPUT_HELPERS } from "./python-output.js";

export const PYTHON_HELPERS: Readonly<Record<string, string>> = {
  fail: `\
def fail(why):
    sys.exit("%s: %s" % (os.path.basename(sys.argv[0]), why))`,
  seconds: `\
def seconds(words):
    try:
        number = float(words)
    except ValueError:
        number = 0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError("\`%s\` is not a number of seconds: 5, 0.5" % words)
    return number`,
  whole_number: `\
def whole_number(meaning):
    def number_in(words):
        number = int(words) if words.isdecimal() and len(words) < 11 else 0
        if not 0 < number < 1 << 31:
            raise argparse.ArgumentTypeError("\`%s\` is not %s" % (words, meaning))
        return number
    return number_in`,
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
  ...OUTPUT_HELPERS,
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
