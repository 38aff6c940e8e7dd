"""Minimum, maximum and histograms."""


def least(values):
    return min((value for value in values if value is not None), default=None)


def greatest(values):
    return max((value for value in values if value is not None), default=None)


def rank(value):
    """Returns a sort key. A group may lack a value: one of its tables was full."""
    return float("-inf") if value is None else value


def log2_slot(number):
    """Returns 0 for negative numbers, 1 for zero, then one slot per power of two."""
    return 0 if number < 0 else number.bit_length() + 1


def log2_bounds(slot):
    if slot == 0:
        return None, -1
    return (0, 0) if slot == 1 else (1 << (slot - 2), (1 << (slot - 1)) - 1)


def fine_slot(number):
    """Returns 0 for negative numbers, one slot per number below 32, then 16 per power of two."""
    if number < 0:
        return 0
    shift = max(0, number.bit_length() - 5)
    return 1 + shift * 16 + (number >> shift)


def fine_bounds(slot):
    if slot == 0:
        return None, -1
    shift = max(0, (slot - 1) // 16 - 1)
    low = (slot - 1 - shift * 16) << shift
    return low, low + (1 << shift) - 1


def percentile(slots, percent, bounds):
    """Returns the bounds of the slot that holds the percentile, or None without values."""
    total = sum(slots.values())
    seen = 0
    for slot in sorted(slots):
        seen += slots[slot]
        if seen * 100 >= total * percent:
            return bounds(slot)
    return None


def linear_slot(number, low, high, step):
    """Returns 0 below the range, then one slot per step, and one above the range."""
    if number < low:
        return 0
    return (min(number, high) - low) // step + 1


def linear_bounds(low, high, step):
    def bounds(slot):
        if slot == 0:
            return None, low - 1
        bottom = low + (slot - 1) * step
        return (high, None) if bottom >= high else (bottom, bottom + step - 1)
    return bounds


def buckets(slots, bounds):
    """Returns (low, high, count) for each slot from the first in use to the last."""
    used = range(min(slots, default=0), max(slots, default=-1) + 1)
    return [bounds(slot) + (slots.get(slot, 0),) for slot in used]
