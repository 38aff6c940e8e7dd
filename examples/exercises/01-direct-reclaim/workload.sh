#!/bin/bash
# Makes the kernel reclaim memory in two ways.  usage: workload.sh   (root, cgroup2)
#   In a cgroup of 16 MB dd reads a file of 64 MB, four times: reclaim for the cgroup's limit.
#   A process named "hungry" asks for all that is free of a node's memory, and 192 MB more, as huge pages: it has to
#   reclaim for itself what the reading of another file has filled. The pages are given back at once. That is done until
#   it had to, ten times at the most.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../memory-group.sh

file=$(mktemp /var/tmp/faultline-exercise.XXXXXX)
# The last node: with several, the first has the memory that devices need.
node=$(printf '%s\n' /sys/devices/system/node/node[0-9]* | sort -V | tail -n 1)
pool=$node/hugepages/hugepages-2048kB/nr_hugepages
trap 'rm -f "$file"; remove_group' EXIT

make_group 16M
truncate -s 64M "$file"
for _ in 1 2 3 4; do in_group dd if="$file" of=/dev/null bs=1M status=none; done

if [[ ! -w $pool ]]; then
  echo 'this kernel has no huge pages of 2 MB: no direct reclaim' >&2
  exit 0
fi
had=$(<"$pool")
trap 'echo "$had" >"$pool"; rm -f "$file"; remove_group' EXIT
truncate -s 0 "$file"
truncate -s 256M "$file"
free_megabytes() { awk '$3 == "MemFree:" { print int($4 / 1024) }' "$node/meminfo"; }
if (($(free_megabytes) > 32768)); then
  echo 'more than 32 GB are free: too much to fill' >&2
  exit 0
fi
# The kernel's own count of who had to reclaim for itself.
waits() { awk '/^allocstall/ { n += $2 } END { print n }' /proc/vmstat; }
before=$(waits)
# kswapd may be quicker, and then nobody waits: so it is tried again.
for ((round = 0; round < 10 && $(waits) == before; round++)); do
  # What is read is kept on the node of the processor that reads.
  taskset -c "$(<"$node/cpulist")" dd if="$file" of=/dev/null bs=1M status=none
  free=$(free_megabytes)
  (
    printf hungry >"/proc/$BASHPID/comm"
    echo $((had + (free + 192) / 2)) >"$pool"
  )
  echo "$had" >"$pool"
done
