"""Tables with two sets of entries: one is read and cleared while probes update the other."""
import ctypes
import os
import time


def switch_turn(bpf, result):
    """Returns the set that probes no longer update."""
    turn = bpf["turns"][result].value
    bpf["turns"][result] = ctypes.c_uint32(1 - turn)
    # Wait for the probes that are running now, which may still use the old set.
    membarrier = 324 if os.uname().machine == "x86_64" else 283
    if ctypes.CDLL(None).syscall(membarrier, 1, 0, 0) != 0:
        time.sleep(0.1)
    return turn


def take(table, is_due):
    """Removes and returns the entries whose keys are due."""
    entries = []
    for key in [key for key in table.keys() if is_due(key)]:
        try:
            entries.append((key, table[key]))
            del table[key]
        except KeyError:
            pass
    return entries
