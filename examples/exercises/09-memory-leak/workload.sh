#!/bin/bash
# Runs a server that leaks a tenth of its sessions: see leaky.c.
# usage: workload.sh [REQUESTS [SECONDS]]   (needs gcc; default 2000 requests, and it stays for 3 seconds)
#        workload.sh build|clean            (build only compiles it, clean removes what was compiled)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../program.sh

case ${1:-} in
  clean) clean leaky.c ;;
  build) build leaky.c ;;
  *)
    build leaky.c
    exec "$programs/leaky" "${1:-2000}" "${2:-3}"
    ;;
esac
