# shellcheck shell=bash
# Sourced by workloads: a cgroup with a limit on memory, that goes when the script ends.
groups=/sys/fs/cgroup
group=$groups/faultline-exercise.$$

# make_group LIMIT    ends the script with status 3 where there are no such cgroups
make_group() {
  if ((EUID != 0)); then
    echo 'this needs root' >&2
    exit 3
  fi
  if ! grep -qsw memory "$groups/cgroup.controllers"; then
    echo "this needs cgroup2 with the memory controller at $groups" >&2
    exit 3
  fi
  grep -qw memory "$groups/cgroup.subtree_control" || echo +memory >"$groups/cgroup.subtree_control"
  mkdir "$group"
  echo "$1" >"$group/memory.max"
}

# in_group COMMAND…
in_group() {
  (
    echo 0 >"$group/cgroup.procs"
    exec "$@"
  )
}

remove_group() {
  # Who has just ended may still be counted there.
  for _ in 1 2 3 4 5; do
    [[ ! -d $group ]] || rmdir "$group" 2>/dev/null || sleep 0.2
  done
}
