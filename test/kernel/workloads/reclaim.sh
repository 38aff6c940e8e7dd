#!/bin/bash
# Makes the kernel reclaim memory.  usage: reclaim.sh memcg|direct [ROUNDS]
# Needs root, cgroup2, and touch_anon in the PATH or the current directory.
#   memcg   reads a 64 MB file in a cgroup with memory.max 16 MB, ROUNDS times (default 2).
#           Causes: mm_vmscan_memcg_reclaim_begin, hundreds of times a round; shrink_slab too.
#   direct  fills the page cache, then ROUNDS times (default 2) raises min_free_kbytes to above
#           what is free while a process allocates 256 MB, which then has to reclaim itself.
#           Causes: mm_vmscan_direct_reclaim_begin, at least once a round, as comm "reclaimer",
#           and kswapd's wake-ups.
set -euo pipefail
PATH=$PWD:$PATH
mode=${1:-} rounds=${2:-2}
file=/var/tmp/faultline-reclaim
trap 'rm -f "$file"' EXIT

memcg() {
  local group=/sys/fs/cgroup/faultline-reclaim
  truncate -s 64M "$file"
  mkdir -p "$group"
  echo 16M >"$group/memory.max"
  for ((i = 0; i < rounds; i++)); do
    # The page cache is charged to the group of who reads it first.
    (echo 0 >"$group/cgroup.procs"; exec dd if="$file" of=/dev/null bs=1M status=none)
    echo 1 >/proc/sys/vm/drop_caches
  done
  rmdir "$group"
}

direct() {
  local free
  before=$(cat /proc/sys/vm/min_free_kbytes)
  trap 'echo "$before" >/proc/sys/vm/min_free_kbytes; rm -f "$file"' EXIT
  truncate -s 600M "$file"
  for ((i = 0; i < rounds; i++)); do
    dd if="$file" of=/dev/null bs=1M status=none
    free=$(awk '$1 == "MemFree:" { print $2 }' /proc/meminfo)
    touch_anon 65536 reclaimer &
    # Only once it allocates: kswapd needs no more than a second to free enough for everybody.
    until [[ $(<"/proc/$!/comm") == reclaimer ]]; do :; done
    echo $((free + 65536)) >/proc/sys/vm/min_free_kbytes
    wait "$!"
    echo "$before" >/proc/sys/vm/min_free_kbytes
  done
}

case $mode in
  memcg | direct) "$mode" ;;
  *) echo 'usage: reclaim.sh memcg|direct [ROUNDS]' >&2; exit 2 ;;
esac
