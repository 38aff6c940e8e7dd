#!/bin/bash
# Two processes that grow, each in its own way.  usage: workload.sh
#   dd needs a buffer of 64 MB, in one piece: the C library maps it.
#   awk fills an array of small strings: the C library makes the heap longer, by brk.
set -euo pipefail
dd if=/dev/zero of=/dev/null bs=64M count=1 status=none
awk 'BEGIN { for (i = 0; i < 20000; i++) kept[i] = "line " i }'
