"""Members of C structs as plain values."""
import socket


def text(raw):
    return raw.decode("utf-8", "surrogateescape")


def bytes_of(value):
    return value.encode("utf-8", "surrogateescape")


def internet_address(raw):
    """Returns an address as text; one of IPv4 in 16 bytes as those know it who use IPv4."""
    found = bytes(raw)
    if found[:12] == bytes(10) + bytes([255, 255]):
        found = found[12:]
    return socket.inet_ntop(socket.AF_INET if len(found) == 4 else socket.AF_INET6, found)
