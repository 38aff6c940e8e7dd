"""Arithmetic as the kernel does it: 64 bits wide, division towards zero."""


def wrapped(number, signed):
    number &= 0xFFFFFFFFFFFFFFFF
    return number - (1 << 64) if signed and number >> 63 else number


def divided(number, by):
    """Division by zero gives zero."""
    if by == 0:
        return 0
    quotient = abs(number) // abs(by)
    return quotient if (number < 0) == (by < 0) else -quotient


def remainder(number, by):
    return number - divided(number, by) * by if by else number
