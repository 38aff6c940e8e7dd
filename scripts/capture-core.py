#!/usr/bin/env python3
"""Copies what this kernel says of itself into a directory, for src/kernel/captured.ts to read.

usage: capture-core.py DIRECTORY      (as root, with tracefs mounted)

Needs nothing but Python, and starts no other program: it is meant for a slow virtual machine too.
The directory can then be packed and carried off:  tar -C DIRECTORY -cz . | base64 -w0
"""
import glob
import gzip
import os
import shutil
import sys

TRACEFS = '/sys/kernel/tracing/'


def main(directory):
    denied = []

    def copy(source, name):
        try:
            # A kernel's files do not say how long they are, so this reads until the end.
            with open(source, 'rb') as file:
                content = file.read()
        except FileNotFoundError:
            return
        except PermissionError:
            denied.append(name)
            return
        target = os.path.join(directory, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as file:
            file.write(content)

    def write(name, text):
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, name), 'w') as file:
            file.write(text + '\n')

    system = os.uname()
    write('release', system.release)
    write('machine', system.machine)
    write('page_size', str(os.sysconf('SC_PAGE_SIZE')))
    for name in sorted(os.listdir('/sys/kernel/btf')):
        copy('/sys/kernel/btf/' + name, 'btf/' + name)
    write('tracefs_files', '\n'.join(sorted(os.listdir(TRACEFS))))
    for name in ('available_events', 'available_filter_functions'):
        copy(TRACEFS + name, name)
    for path in sorted(glob.glob(TRACEFS + 'events/*/*/format')):
        copy(path, path[len(TRACEFS):])
    if os.path.exists('/proc/config.gz'):
        with gzip.open('/proc/config.gz', 'rt') as config:
            write('config', config.read())
    else:
        copy('/boot/config-' + system.release, 'config')
    with open('/proc/kallsyms', 'rb') as symbols, gzip.open(os.path.join(directory, 'kallsyms.gz'), 'wb', 1) as packed:
        shutil.copyfileobj(symbols, packed)
    write('denied', '\n'.join(denied))


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
