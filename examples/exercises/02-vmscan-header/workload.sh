#!/bin/bash
# Reclaims memory for some seconds.  usage: workload.sh [SECONDS]   (root, cgroup2; default 6)
# In a cgroup of 16 MB dd reads a file of 64 MB again and again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../memory-group.sh

file=$(mktemp /var/tmp/faultline-exercise.XXXXXX)
trap 'rm -f "$file"; remove_group' EXIT
make_group 16M
truncate -s 64M "$file"
while ((SECONDS < ${1:-6})); do in_group dd if="$file" of=/dev/null bs=1M status=none; done
