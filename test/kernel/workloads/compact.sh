#!/bin/bash
# Compacts all memory.  usage: compact.sh [TIMES]   (root)
# Causes: mm_compaction_begin once for every populated zone, TIMES times (default 1), and
# mm_compaction_end as often. It prints how many that makes in all.
set -euo pipefail
times=${1:-1}
zones=$(awk '$1 == "present" && $2 > 0' /proc/zoneinfo | wc -l)
for ((i = 0; i < times; i++)); do echo 1 >/proc/sys/vm/compact_memory; done
echo "compactions: $((zones * times))"
