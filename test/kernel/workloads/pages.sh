#!/bin/bash
# Loads a kernel module and writes a file, so that the kernel allocates objects and pages.
# Causes kmalloc, kmem_cache_alloc, vmalloc (of the module) and page allocations.
set -euo pipefail
modprobe -r zram 2>/dev/null || true
modprobe zram num_devices=1
"$(dirname "$0")/write_file.sh" 8
modprobe -r zram
