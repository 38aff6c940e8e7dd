"""Problems that the kernel side counted; `kinds` has the message for each kind."""
import logging


def print_problems(bpf, kinds):
    for kind, words in enumerate(kinds):
        if count := sum(bpf["problems"][kind]):
            logging.getLogger().warning("warning: %d %s", count, words)


def new_problems(bpf, kinds):
    """Yields (kind, count, message) for the problems since the last call."""
    for kind, words in enumerate(kinds):
        total = sum(bpf["problems"][kind])
        if total > reported_problems.get(kind, 0):
            yield kind, total - reported_problems.get(kind, 0), words
            reported_problems[kind] = total


reported_problems = {}
