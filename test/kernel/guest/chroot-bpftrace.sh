#!/usr/bin/env bash
# Runs the bpftrace of a guest image on this machine's kernel, with no guest: a quick way to
# check a script against that bpftrace version. This kernel's probes are what it sees.
# usage: chroot-bpftrace.sh debian12|debian13|sid ARGS…   (paths under /tmp are the host's)
# FAULTLINE_CHROOT_COMMAND=… runs another program of the image instead.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
(($# >= 1)) || { echo 'usage: chroot-bpftrace.sh debian12|debian13|sid ARGS…' >&2; exit 2; }
directory=$("$here/build-image.sh" "$1")
shift

# A mount namespace of its own, so that nothing stays mounted in the image's root afterwards.
# shellcheck disable=SC2016
exec unshare --mount --propagation private bash -c '
  set -euo pipefail
  root=$1 program=$2; shift 2
  mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
  mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug || true
  for each in proc sys dev tmp; do mount --rbind "/$each" "$root/$each"; done
  exec chroot "$root" /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$program" "$@"
' chroot-bpftrace "$directory/root" "${FAULTLINE_CHROOT_COMMAND:-bpftrace}" "$@"
