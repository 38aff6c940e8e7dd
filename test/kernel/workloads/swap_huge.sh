#!/bin/bash
# Swaps transparent huge pages out and in, with zram as the swap device.  usage: swap_huge.sh [PAGES]
# Needs root, and swap_huge in the PATH or the current directory. Of PAGES huge pages (default 4), 512 pages each. It
# prints how many pages went out and came in by the kernel's own count.
set -euo pipefail
PATH=$PWD:$PATH
modprobe zram num_devices=1
echo 256M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
trap 'swapoff /dev/zram0; echo 1 >/sys/block/zram0/reset' EXIT
count() { awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat; }
in=$(count pswpin) out=$(count pswpout) whole=$(count thp_swpout)
swap_huge "${1:-4}" >/dev/null
echo "pages out: $(($(count pswpout) - out))"
echo "pages in: $(($(count pswpin) - in))"
echo "huge pages out in one piece: $(($(count thp_swpout) - whole))"
