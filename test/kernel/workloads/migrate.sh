#!/bin/bash
# Lets NUMA balancing migrate pages, soon enough to be seen.  usage: migrate.sh [PAGES [SECONDS]]
# Needs root, debugfs, two NUMA nodes with a CPU each, and migrate in the PATH or the current directory.
# Causes: up to PAGES (default 2000) pages of the process "migrate" to be moved to the node that
# reads them, within SECONDS (default 8). It prints the number by the kernel's own count.
set -euo pipefail
PATH=$PWD:$PATH
knobs=/sys/kernel/debug/sched/numa_balancing
declare -A before
restore() { for name in "${!before[@]}"; do echo "${before[$name]}" >"$knobs/$name"; done; }
trap restore EXIT
# max before min, as one must not pass the other
for setting in scan_delay_ms=10 scan_period_min_ms=20 scan_period_max_ms=100; do
  name=${setting%%=*}
  before[$name]=$(cat "$knobs/$name")
  echo "${setting#*=}" >"$knobs/$name"
done
echo 1 >/proc/sys/kernel/numa_balancing
count() { awk '$1 == "numa_pages_migrated" { print $2 }' /proc/vmstat; }
was=$(count)
migrate balance "${1:-2000}" "${2:-8}"
echo "pages migrated: $(($(count) - was))"
