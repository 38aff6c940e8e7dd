#!/bin/bash
# Heaps that grow by brk: awk fills an array, of 5,000 elements and then, another process, of 20,000.
# usage: workload.sh
set -euo pipefail
for count in 5000 20000; do
  awk -v count="$count" 'BEGIN { for (i = 0; i < count; i++) kept[i] = "line " i }'
done
