"""Members of C structs as plain values."""
import socket


def text(raw):
    return raw.decode("utf-8", "surrogateescape")


def bytes_of(value):
    return value.encode("utf-8", "surrogateescape")


def internet_address(raw):
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, bytes(raw))
