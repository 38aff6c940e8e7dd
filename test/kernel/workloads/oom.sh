#!/bin/bash
# Has the kernel kill a process for lack of memory.  usage: oom.sh [TIMES [group]]   (root, cgroup2)
# Needs touch_anon in the PATH or the current directory.
# Causes: TIMES kills (default 1) of a process named "oomvictim", in a cgroup of 16 MB:
# oom_kill_process and oom:mark_victim that often. With `group` (memory.oom.group), a "sleep" in the same
# cgroup is killed with it each time.
set -euo pipefail
PATH=$PWD:$PATH
group=/sys/fs/cgroup/faultline-oom
mkdir -p "$group"
echo 16M >"$group/memory.max"
echo 0 >"$group/memory.swap.max"
[[ ${2:-} != group ]] || echo 1 >"$group/memory.oom.group"
killed=0
for ((i = 0; i < ${1:-1}; i++)); do
  status=0
  if [[ ${2:-} == group ]]; then
    (echo 0 >"$group/cgroup.procs"; exec sleep 1000) &
    sleep 1
  fi
  (echo 0 >"$group/cgroup.procs"; exec touch_anon 16384 oomvictim) || status=$?
  ((status == 137)) && ((++killed))
  wait
done 2>/dev/null
rmdir "$group"
echo "killed: $killed"
