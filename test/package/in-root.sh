#!/usr/bin/env bash
# Runs a command in a guest's root with no guest, on this machine's kernel: what it writes goes to UPPER, a folder that
# is kept between commands, and not to the image. Only UPPER/files is seen of this machine, as /files.
# usage: in-root.sh debian12|debian13|sid UPPER COMMAND…   (UPPER: on the disk of the images, as `mktemp -d` makes it)
set -euo pipefail

(($# >= 3)) || { echo 'usage: in-root.sh TARGET UPPER COMMAND…' >&2; exit 2; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
directory=$("$here/../kernel/guest/build-image.sh" "$1")
upper=$2
shift 2
mkdir -p "$upper"/{changes,work,root,files}
# A mount namespace of its own, so that nothing stays mounted. The inner script's expansions are for the inner shell.
# shellcheck disable=SC2016
exec unshare --mount --propagation private bash -c '
  set -euo pipefail
  lower=$1 upper=$2; shift 2
  mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper/changes,workdir=$upper/work" "$upper/root"
  for each in proc sys dev; do mount --rbind "/$each" "$upper/root/$each"; done
  mkdir -p "$upper/root/files"
  mount --bind "$upper/files" "$upper/root/files"
  cp -L /etc/resolv.conf /etc/hosts "$upper/root/etc/"
  exec chroot "$upper/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
    ${npm_config_registry:+npm_config_registry="$npm_config_registry"} \
    ${npm_config_cafile:+npm_config_cafile="$npm_config_cafile"} "$@"
' in-root "$directory/root" "$upper" "$@"
