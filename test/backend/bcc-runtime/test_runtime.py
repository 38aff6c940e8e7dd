"""Tests of the Python that BCC programs share; run by bcc-runtime.test.ts."""
import contextlib
import io
import unittest
import unittest.mock

from runtime import aggregates, arithmetic, clock, formats, problems, stream, symbols, tables
from runtime import tracing, turns, values, wildcards


def printed(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function(*arguments)
    return out.getvalue()


class Arithmetic(unittest.TestCase):
    def test_wraps_as_64_bits(self):
        self.assertEqual(arithmetic.wrapped(-1, False), 2**64 - 1)
        self.assertEqual(arithmetic.wrapped(2**63, True), -(2**63))
        self.assertEqual(arithmetic.wrapped(2**64 + 5, True), 5)

    def test_divides_towards_zero(self):
        self.assertEqual([arithmetic.divided(n, 2) for n in (-3, 3)], [-1, 1])
        self.assertEqual(arithmetic.divided(7, 0), 0)
        self.assertEqual([arithmetic.remainder(n, 2) for n in (-3, 3)], [-1, 1])
        self.assertEqual(arithmetic.remainder(7, 0), 7)


class Aggregates(unittest.TestCase):
    def test_slots_and_bounds_fit_each_other(self):
        for number in [-(2**63), -1, 0, 1, 2, 3, 4, 1023, 1024, 2**63, 2**64 - 1]:
            low, high = aggregates.log2_bounds(aggregates.log2_slot(number))
            self.assertTrue((low is None or low <= number) and number <= high, number)
        bounds = aggregates.linear_bounds(10, 50, 20)
        for number in [-1, 9, 10, 29, 30, 49, 50, 51, 10**9]:
            low, high = bounds(aggregates.linear_slot(number, 10, 50, 20))
            self.assertTrue((low is None or low <= number) and (high is None or number <= high), number)

    def test_buckets_have_no_gaps(self):
        found = aggregates.buckets({2: 3, 4: 1}, aggregates.log2_bounds)
        self.assertEqual(found, [(1, 1, 3), (2, 3, 0), (4, 7, 1)])
        self.assertEqual(aggregates.buckets({}, aggregates.log2_bounds), [])

    def test_extremes_of_nothing(self):
        self.assertIsNone(aggregates.least([None]))
        self.assertEqual(aggregates.least([None, 3, -2]), -2)
        self.assertEqual(aggregates.greatest([None, 3, -2]), 3)
        self.assertEqual(sorted([3, None, -2], key=aggregates.rank), [None, -2, 3])


class Formats(unittest.TestCase):
    def test_text_cannot_move_the_cursor(self):
        self.assertEqual(formats.printable("caf\u00e9 \x1b[2J\n\u202e"), "caf\u00e9 \\x1b[2J\\n\\xe2\\x80\\xae")
        self.assertEqual(formats.frames("a+1\n\x1bb"), "\n    a+1\n    \\x1bb")
        self.assertEqual(formats.frames(None), "-")

    def test_sizes_and_durations(self):
        self.assertEqual([formats.size(n) for n in (0, 1023, 1024, 10 * 2**20)], ["0 B", "1023 B", "1 KiB", "10 MiB"])
        self.assertEqual(formats.size(-1536), "-1.5 KiB")
        self.assertEqual(formats.duration(1500), "1.5 \u00b5s")
        self.assertEqual(formats.duration(90 * 10**9), "1m30s")
        self.assertEqual(formats.duration(3660 * 10**9), "1h01m")
        self.assertEqual([formats.size(None), formats.duration(None), formats.plain(None)], ["-"] * 3)

    def test_numbers(self):
        self.assertEqual([formats.in_units(n, 1024) for n in (2048, 1536, None)], ["2", "1.5", "-"])
        self.assertEqual(formats.hexadecimal(-1), "0xffffffffffffffff")
        self.assertEqual(formats.fraction(3072, 2048), "1.50")

    def test_names(self):
        members = [("ONE", 1), ("UNO", 1), ("TWO", 2)]
        self.assertEqual([formats.member_name(n, members) for n in (1, 2, 3)], ["ONE", "TWO", "3"])
        flags = [("READ", 1), ("WRITE", 2)]
        self.assertEqual(formats.flag_names(3, flags), "READ|WRITE")
        self.assertEqual(formats.flag_names(9, flags), "READ|0x8")
        self.assertEqual(formats.flag_names(0, flags, [("NONE", 3)]), "NONE")
        self.assertEqual(formats.flag_names(0, flags), "0x0")


class Tables(unittest.TestCase):
    def test_columns_are_as_wide_as_their_cells(self):
        text = printed(tables.print_table, ["comm", "count()"], "<>", [["a", 1], ["longer", 12345678]])
        self.assertEqual(text, "comm     count()\na              1\nlonger  12345678\n")

    def test_a_stack_stands_below_its_line(self):
        text = printed(tables.print_table, ["n", "ustack"], "><", [[1, "\n    main+1"], [22, "-"]])
        self.assertEqual(text, " n  ustack\n 1  \n    main+1\n22  -\n")

    def test_nothing(self):
        self.assertEqual(printed(tables.print_table, ["comm"], "<", []), "no events\n")
        self.assertEqual(printed(tables.print_table, ["longer than that"], ">", []), "no events\n")

    def test_bars(self):
        found = [(None, -1, 1), (0, 0, 0), (1, 1, 4)]
        bar = "@" * 52
        self.assertEqual(
            printed(tables.print_histogram, found, str).splitlines(),
            ["(..., 0) 1 |%-52s|" % ("@" * 13), "[0]      0 |%52s|" % "", "[1]      4 |%s|" % bar],
        )


class Kernel(unittest.TestCase):
    def test_texts(self):
        self.assertEqual(values.text(b"caf\xc3\xa9\xff"), "caf\u00e9\udcff")
        self.assertEqual(values.bytes_of("caf\u00e9\udcff"), b"caf\xc3\xa9\xff")

    def test_texts_are_spelled_as_in_a_query(self):
        for raw, spelled in (
            (b"bad\xff\xfe.so", r"bad\xff\xfe.so"),
            (b"back\\slash", r"back\\slash"),
            (b'quo"te', r"quo\"te"),
            (b"\\xff\t", r"\\xff\t"),
            (b"\xc2\x9b2J", r"\xc2\x9b2J"),
        ):
            self.assertEqual(formats.printable(values.text(raw), True), spelled)
        self.assertEqual(values.internet_address(b"\x7f\0\0\1"), "127.0.0.1")
        self.assertEqual(values.internet_address(b"\0" * 15 + b"\1"), "::1")

    def test_symbols(self):
        bpf = unittest.mock.MagicMock()
        bpf.sym.side_effect = lambda address, pid, **_: b"main+0x10" if pid == 7 else b"[unknown]"
        table = {5: unittest.mock.Mock(ip=[1, 2, 0, 3]), 6: unittest.mock.Mock(ip=[1, 2])}
        bpf.__getitem__().__getitem__.side_effect = table.__getitem__
        bpf.__getitem__().Key.side_effect = int
        self.assertEqual(symbols.stack(bpf, "stacks", 5, 7), "main+16\nmain+16")
        self.assertEqual(symbols.stack(bpf, "stacks", 5, 8), "0x1\n0x2")
        self.assertEqual(symbols.addresses(bpf, "stacks_2", 6), "0x1\n0x2")
        self.assertIsNone(symbols.stack(bpf, "stacks", -17, 7))
        self.assertIsNone(symbols.addresses(bpf, "stacks", 9))
        self.assertEqual(symbols.function_name(bpf, 1, 7), "main")

    def test_the_caller_of_a_stack(self):
        self.assertEqual(symbols.with_caller("f+0\nmain+3", "g+2"), "f+0\ng+2\nmain+3")
        self.assertEqual(symbols.with_caller("f+0", "g+2"), "f+0\ng+2")
        self.assertEqual(symbols.with_caller("f+0\ng+2\nmain+3", "g+2"), "f+0\ng+2\nmain+3")
        self.assertEqual(symbols.with_caller("f+0", "0x0"), "f+0")
        self.assertIsNone(symbols.with_caller(None, "g+2"))

    def test_time_of_day(self):
        self.assertRegex(clock.time_of_day(clock.nanoseconds()), r"^\d\d:\d\d:\d\d\.\d\d\d$")
        self.assertRegex(clock.time_of_day(0), r"^\d\d:\d\d:\d\d\.\d\d\d$")

    def test_patterns(self):
        self.assertEqual(wildcards.matching({b"b", b"a"}, "kprobe:*"), [b"a", b"b"])
        with self.assertRaisesRegex(LookupError, "no probe matches tracepoint:nonsense:[*]"):
            wildcards.matching([], "tracepoint:nonsense:*")

    def test_wildcards(self):
        probes = ["kprobe:other"]
        functions, text = wildcards.numbered(probes, [b"a", b"b"], "kprobe:", "on_all", "void")
        self.assertEqual(functions, [(b"a", b"on_all_1"), (b"b", b"on_all_2")])
        self.assertEqual(probes, ["kprobe:other", "kprobe:a", "kprobe:b"])
        self.assertEqual(text.splitlines()[0], "int on_all_1(void *ctx) { return on_all(ctx, 1); }")


class Turns(unittest.TestCase):
    def test_takes_what_is_due(self):
        table = {1: "a", 2: "b", 3: "c"}
        self.assertEqual(turns.take(table, lambda key: key > 1), [(2, "b"), (3, "c")])
        self.assertEqual(table, {1: "a"})

    def test_switches(self):
        bpf = {"turns": [turns.ctypes.c_uint32(0), turns.ctypes.c_uint32(1)]}
        self.assertEqual(turns.switch_turn(bpf, 1), 1)
        self.assertEqual([turn.value for turn in bpf["turns"]], [0, 0])


class Problems(unittest.TestCase):
    def setUp(self):
        problems.reported_problems.clear()

    def test_each_is_sent_once(self):
        bpf = {"problems": [[1, 1], [0, 3]]}
        send = lambda: printed(stream.send_problems, bpf, ["events were lost", "too many"])
        self.assertEqual(send(), '{"lost":2}\n{"warning":"3 too many"}\n')
        self.assertEqual(send(), "")
        bpf["problems"][1][0] = 2
        self.assertEqual(send(), '{"warning":"2 too many"}\n')

    def test_all_are_printed(self):
        with contextlib.redirect_stderr(io.StringIO()) as err:
            problems.print_problems({"problems": [[0], [4]]}, ["lost", "too many"])
        self.assertEqual(err.getvalue(), "warning: 4 too many\n")


class Stream(unittest.TestCase):
    def test_values(self):
        self.assertEqual(stream.summary(7, 2), {"count": 2, "total": 7, "average": 3})
        self.assertEqual(stream.summary(0, 0), {"count": 0, "total": 0, "average": 0})
        self.assertEqual(
            stream.histogram({1: 5}, aggregates.log2_bounds), [{"min": 0, "max": 0, "count": 5}]
        )

    def test_rows_wait_for_what_came_before_them(self):
        stream.waiting_rows[:] = ["first"]
        later = lambda: stream.waiting_rows.append("second")
        self.assertEqual(printed(stream.send_waiting_rows, later), '"first"\n')
        self.assertEqual(stream.waiting_rows, ["second"])
        stream.waiting_rows.clear()


class Run(unittest.TestCase):
    def tearDown(self):
        tracing.stopping.clear()

    def test_timers_until_the_end(self):
        now = [100.0]
        calls = []

        def wait(seconds):
            now[0] += seconds

        with unittest.mock.patch.object(tracing.time, "monotonic", lambda: now[0]):
            timers = [(2, lambda: calls.append(now[0])), (3, lambda: calls.append(-now[0]))]
            tracing.run(6.5, timers, wait)
        self.assertEqual(calls, [102, -103, 104, 106, -106])
        self.assertEqual(now, [106.5])

    def test_waits_a_second_at_most(self):
        waits = []

        def wait(seconds):
            waits.append(seconds)
            tracing.stopping.set()

        tracing.run(None, [], wait)
        self.assertLessEqual(waits[0], 1)

    def test_stops(self):
        tracing.run(None, [(0.01, tracing.stopping.set)], tracing.stopping.wait)


if __name__ == "__main__":
    unittest.main()
