#!/bin/bash
# Looks up N names that are not there, so that the kernel makes a dentry for each.  usage: dentries.sh N
set -euo pipefail
# On a disk: other file systems do not keep a name that is not there.
directory=$(mktemp -d -p /var/tmp)
# The directory stays: with it the kernel would forget the names.
for ((i = 0; i < $1; i++)); do [[ ! -e $directory/$i ]]; done
