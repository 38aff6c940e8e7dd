#!/bin/bash
# Writes a new file on the disk.  usage: write_file.sh MEGABYTES
# Causes: 256 pages of page cache to be allocated a megabyte, by "dd".
set -euo pipefail
file=$(mktemp -p /var/tmp)
trap 'rm -f "$file"' EXIT
dd if=/dev/zero of="$file" bs=1M count="$1" status=none
