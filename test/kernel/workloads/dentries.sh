#!/bin/bash
# Looks up N names that are not there, so that the kernel makes a dentry for each.  usage: dentries.sh N
set -euo pipefail
directory=$(mktemp -d)
trap 'rmdir "$directory"' EXIT
for ((i = 0; i < $1; i++)); do [[ ! -e $directory/$i ]]; done
