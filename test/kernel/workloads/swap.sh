#!/bin/bash
# Swaps pages out and in, with zram as the swap device.  usage: swap.sh [PAGES [ROUNDS]]
# Needs root, cgroup2, and touch_anon in the PATH or the current directory.
# A process named "swapper-test" writes PAGES pages (default 8192, 32 MB) ROUNDS times (default 3)
# in a cgroup of 16 MB. It prints how many pages went out and came in by the kernel's own count:
# swap-ins are in that process, swap-outs in it and in whoever reclaims.
set -euo pipefail
PATH=$PWD:$PATH
group=/sys/fs/cgroup/faultline-swap
modprobe zram num_devices=1
echo 256M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
trap 'swapoff /dev/zram0; echo 1 >/sys/block/zram0/reset; rmdir "$group"' EXIT
mkdir -p "$group"
echo 16M >"$group/memory.max"
count() { awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat; }
in=$(count pswpin) out=$(count pswpout)
(echo 0 >"$group/cgroup.procs"; exec touch_anon "${1:-8192}" swapper-test "${2:-3}")
echo "pages out: $(($(count pswpout) - out))"
echo "pages in: $(($(count pswpin) - in))"
