"""64-bit arithmetic as the kernel does it: it wraps, and division truncates towards zero."""


def wrapped(number, signed):
    number &= 0xFFFFFFFFFFFFFFFF
    return number - (1 << 64) if signed and number >> 63 else number


def divided(number, by):
    """Returns the quotient, and zero for a division by zero."""
    if by == 0:
        return 0
    quotient = abs(number) // abs(by)
    return quotient if (number < 0) == (by < 0) else -quotient


def remainder(number, by):
    return number - divided(number, by) * by if by else number
