"""Tables and histograms as text."""
from .output import write


def print_table(labels, alignment, rows):
    """Prints columns as wide as their longest cell; `alignment` has `<` or `>` for each."""
    lines = [labels] + [[str(cell) for cell in row] for row in rows] if rows else [["no events"]]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        write("  ".join(map("{:{}{}}".format, line, alignment, widths)).rstrip())


def print_histogram(found, show):
    """Prints a bar for each (low, high, count); `show` formats a bound."""
    names = []
    for low, high, _ in found:
        left = "(..." if low is None else "[%s" % show(low)
        right = "...)" if high is None else "%s)" % show(high + 1)
        names.append("[%s]" % show(low) if low == high else "%s, %s" % (left, right))
    counts = [count for _, _, count in found]
    width = max(map(len, names), default=0)
    digits = len(str(max(counts, default=0)))
    bar_width = max(10, min(52, 80 - width - digits - 4))
    for name, count in zip(names, counts):
        bar = "@" * max(1 if count else 0, round(count / max(counts) * bar_width))
        write("%-*s %*d |%-*s|" % (width, name, digits, count, bar_width, bar))


def print_title(query):
    """Prints the query of the result that follows, if another one was printed last."""
    if last_title != [query]:
        write(("\n" if last_title else "") + query)
        last_title[:] = [query]


last_title = []
