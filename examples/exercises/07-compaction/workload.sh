#!/bin/bash
# Compacts all memory, three times.  usage: workload.sh   (root)
# It prints how many compactions that makes: one for each zone that has memory.
set -euo pipefail
if [[ ! -w /proc/sys/vm/compact_memory ]]; then
  echo 'this needs root, and a kernel with compaction' >&2
  exit 3
fi
zones=$(awk '$1 == "present" && $2 > 0' /proc/zoneinfo | wc -l)
for _ in 1 2 3; do echo 1 >/proc/sys/vm/compact_memory; done
echo "compactions: $((3 * zones))"
