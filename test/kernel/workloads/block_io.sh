#!/bin/bash
# Reads and writes a disk past the page cache.  usage: block_io.sh COUNT
# Needs the empty disk /dev/vdc. Causes COUNT reads and COUNT writes of 4096 bytes each.
set -euo pipefail
dd if=/dev/zero of=/dev/vdc bs=4096 count="$1" oflag=direct status=none
dd if=/dev/vdc of=/dev/null bs=4096 count="$1" iflag=direct status=none
