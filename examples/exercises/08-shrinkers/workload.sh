#!/bin/bash
# Fills the cache of directory entries with 5,000 names that are not there, and has the kernel shrink all its
# caches.  usage: workload.sh   (root; what is cached of the file system is read again when it is needed)
set -euo pipefail
if [[ ! -w /proc/sys/vm/drop_caches ]]; then
  echo 'this needs root' >&2
  exit 3
fi
directory=$(mktemp -d /var/tmp/faultline-exercise.XXXXXX)
trap 'rmdir "$directory"' EXIT
for ((i = 0; i < 5000; i++)); do [[ ! -e $directory/$i ]]; done
echo 2 >/proc/sys/vm/drop_caches
