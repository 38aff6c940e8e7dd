#!/bin/bash
# Makes the kernel reclaim memory.  usage: reclaim.sh memcg|direct|kswapd [ROUNDS]
# Needs root, cgroup2, and touch_anon in the PATH or the current directory.
#   memcg   reads a 64 MB file in a cgroup with memory.max 16 MB, ROUNDS times (default 1).
#           Causes: mm_vmscan_memcg_reclaim_begin, hundreds of times a round; shrink_slab too.
#   direct  needs a second NUMA node, and numactl. ROUNDS times (default 1) it fills that node's memory
#           with page cache, then asks for all of it as 2 MB pages: the process that asks, named
#           "reclaimer", has to reclaim for itself, and kswapd is woken.
#           Causes: mm_vmscan_direct_reclaim_begin, of order 9, several times a round.
#   kswapd  needs numactl. ROUNDS times (default 1) it reads more than the first NUMA node has room for. (On the
#           other node kswapd may have given up, since huge pages cannot be reclaimed.)
#           Causes: mm_vmscan_kswapd_wake. It prints how often kswapd ran by the kernel's own count.
set -euo pipefail
PATH=$PWD:$PATH
mode=${1:-} rounds=${2:-1}
file=$(mktemp -p /var/tmp)
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
  local node=/sys/devices/system/node/node1 total
  pool=$node/hugepages/hugepages-2048kB/nr_hugepages
  total=$(awk '$3 == "MemTotal:" { print int($4 / 2048) }' "$node/meminfo")
  trap 'echo 0 >"$pool"; rm -f "$file"' EXIT
  truncate -s 256M "$file"
  local direct_before
  direct_before=$(stolen direct)
  for ((i = 0; i < rounds; i++)); do
    numactl --membind=1 dd if="$file" of=/dev/null bs=1M status=none
    (printf reclaimer >"/proc/$BASHPID/comm"; echo "$total" >"$pool")
    # The next round needs room for the file only. (Clearing huge pages is what takes the time here.)
    echo $(($(<"$pool") - 128)) >"$pool"
    echo 1 >/proc/sys/vm/drop_caches
  done
  echo "reclaimed directly: $(($(stolen direct) - direct_before))"
}

kswapd() {
  local before kswapd_before
  before=$(kswapd_runs) kswapd_before=$(stolen kswapd)
  truncate -s 2G "$file"
  for ((i = 0; i < rounds; i++)); do
    numactl --membind=0 dd if="$file" of=/dev/null bs=1M status=none
  done
  # It sleeps a while after there is enough.
  sleep 2
  echo "kswapd ran: $(($(kswapd_runs) - before))"
  echo "reclaimed by kswapd: $(($(stolen kswapd) - kswapd_before))"
}

stolen() { awk -v name="pgsteal_$1" '$1 == name { print $2 }' /proc/vmstat; }
kswapd_runs() { awk '$1 == "pageoutrun" { print $2 }' /proc/vmstat; }

case $mode in
  memcg | direct | kswapd) "$mode" ;;
  *) echo 'usage: reclaim.sh memcg|direct|kswapd [ROUNDS]' >&2; exit 2 ;;
esac
