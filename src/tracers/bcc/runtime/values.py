"""Members of C structs as plain values."""
import socket


def text(raw):
    """Keeps a byte that is no part of a character as a surrogate, so that `bytes_of` has it back."""
    return raw.decode("utf-8", "surrogateescape")


def bytes_of(value):
    return value.encode("utf-8", "surrogateescape")


def internet_address(raw):
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, bytes(raw))
