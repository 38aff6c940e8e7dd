"""Running sums of what is open, from what changed since they were last read."""


def add_change(running, group, step, change):
    """Adds to the sums of a group; those of each step are kept apart until it is old enough."""
    steps = running.setdefault(group, {})
    steps[step] = [a + b for a, b in zip(steps.get(step, [0] * len(change)), change)]


def settled_groups(running, last_step, owners=None):
    """Yields groups and their sums up to a step; step 0 has what is no longer told apart.

    A group ends with its owner and the number of that one; `owners` has those that are alive.
    """
    for group, steps in list(running.items()):
        if owners is not None and owners.get(group[-2]) != group[-1]:
            del running[group]
            continue
        for step in [step for step in steps if 0 < step <= last_step or not any(steps[step])]:
            add_change(running, group, 0, steps.pop(step))
        if 0 in steps and any(steps[0]):
            yield group, steps[0]
        elif not any(map(any, steps.values())):
            del running[group]
