#!/bin/bash
# The same as of exercise 3.  usage: workload.sh [build|clean]
exec "$(dirname "${BASH_SOURCE[0]}")/../03-startup-faults/workload.sh" "$@"
