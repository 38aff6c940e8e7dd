#!/bin/bash
# Thrashes: a process that needs 32 MB has 16 MB.  usage: workload.sh   (root, cgroup2, zram)
# In a cgroup of 16 MB dd fills a buffer of 32 MB, three times in a row; a pause of six seconds; once more.
# Swap is a new zram device of 256 MB, before all other swap there is; it goes again. The numbers of pages that went
# out and came in are printed, by the kernel's own count. (Pages of zeroes would not be in it: newer kernels only mark
# them, and write nothing.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../memory-group.sh

modprobe -q zram || true
if [[ ! -r /sys/class/zram-control/hot_add ]]; then
  echo 'this needs root, and a kernel with zram' >&2
  exit 3
fi
make_group 16M
number=$(</sys/class/zram-control/hot_add)
restore() {
  swapoff "/dev/zram$number" 2>/dev/null || true
  echo "$number" >/sys/class/zram-control/hot_remove
  remove_group
}
trap restore EXIT
echo 256M >"/sys/block/zram$number/disksize"
# There may be nobody who makes the node.
device=/dev/zram$number
IFS=: read -r major minor <"/sys/block/zram$number/dev"
[[ -b $device ]] || mknod "$device" b "$major" "$minor"
mkswap "$device" >/dev/null
swapon --priority 32767 "$device"

count() { awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat; }
in=$(count pswpin) out=$(count pswpout)
{
  head -c 96M /dev/zero | tr '\0' x
  sleep 6
  head -c 32M /dev/zero | tr '\0' x
} | in_group dd of=/dev/null bs=32M iflag=fullblock status=none
echo "pages out: $(($(count pswpout) - out))"
echo "pages in: $(($(count pswpin) - in))"
