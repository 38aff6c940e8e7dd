#!/bin/bash
# Starts a program that takes 470 page faults in its own functions: see startup.c.
# usage: workload.sh [build|clean]   (needs gcc; build only compiles it, clean removes what was compiled)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../program.sh

case ${1:-} in
  clean) clean startup.c ;;
  build) build startup.c ;;
  *)
    build startup.c
    exec "$programs/startup"
    ;;
esac
