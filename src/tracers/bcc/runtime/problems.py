"""What went wrong on the kernel side: `kinds` has the words for each kind that it counts."""
import logging


def print_problems(bpf, kinds):
    for kind, words in enumerate(kinds):
        if count := sum(bpf["problems"][kind]):
            logging.getLogger().warning("warning: %d %s", count, words)


def new_problems(bpf, kinds):
    """What went wrong since the last call: its kind, how often, and its words."""
    for kind, words in enumerate(kinds):
        total = sum(bpf["problems"][kind])
        if total > reported_problems.get(kind, 0):
            yield kind, total - reported_problems.get(kind, 0), words
            reported_problems[kind] = total


reported_problems = {}
