#!/usr/bin/env bash
# Builds (or finds) the guest image of one target and prints the directory that holds it:
#   image.raw  vmlinuz  initrd  root/  manifest.json
# usage: build-image.sh debian12|debian13|sid
# Exit: 0 there, 1 the build failed, 2 usage, 3 this machine lacks a program or root.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${FAULTLINE_GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline/guests}
packages=(
  bpftrace bpfcc-tools python3-bpfcc linux-image-cloud-amd64 linux-headers-cloud-amd64
  kmod procps iproute2 stress-ng gcc libc6-dev python3 numactl util-linux cpio busybox-static
)
# What the initrd must load before the root file system can be mounted. A name that is
# built into the kernel, or that this kernel does not have, is passed over.
boot_modules=(virtio_pci virtio_blk ext4 crc32c_generic crc32c_intel)

say() { printf 'build-image: %s\n' "$*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

check_needs() {
  local missing=() pair
  for pair in debootstrap:debootstrap mkfs.ext4:e2fsprogs zstd:zstd xz:xz-utils \
    flock:util-linux qemu-system-x86_64:qemu-system-x86; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  if ((${#missing[@]})); then
    die "missing Debian packages, install with: apt-get install -y --no-install-recommends ${missing[*]}" 3
  fi
  ((EUID == 0)) || die 'must run as root (debootstrap and chroot need it)' 3
}

# Runs a command inside the new root, in a mount namespace of its own: what is mounted
# there goes away with the command, even when it is killed.
in_root() { # ROOT DEBS COMMAND…
  # The inner script's expansions are for the inner shell.
  # shellcheck disable=SC2016
  unshare --mount --propagation private bash -c '
    set -euo pipefail
    root=$1 debs=$2; shift 2
    mount -t proc proc "$root/proc"
    mount --bind "$debs" "$root/var/cache/apt/archives"
    exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
      http_proxy="${http_proxy:-}" DEBIAN_FRONTEND=noninteractive INITRD=No "$@"
  ' in_root "$@"
}

install_root() { # SUITE ROOT
  local suite=$1 root=$2 debs=$cache/debs-$1
  mkdir -p "$debs/partial" "$root"
  debootstrap --variant=minbase --cache-dir="$debs" "$suite" "$root" || return 1
  # From here on no documentation is unpacked, and nothing is synced: a broken build is thrown away.
  cat >"$root/etc/dpkg/dpkg.cfg.d/faultline" <<'CFG'
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/lintian/*
CFG
  cat >"$root/etc/apt/apt.conf.d/faultline" <<'CFG'
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Retries "3";
// A mirror's snapshot, or a clock that runs ahead, would be refused; signatures are still checked.
Acquire::Check-Valid-Until "false";
CFG
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  in_root "$root" "$debs" apt-get update -q || return 1
  in_root "$root" "$debs" apt-get install -qy "${packages[@]}" || return 1
  rm -rf "$root"/usr/share/{doc,man,info,locale,lintian}/* "$root"/var/lib/apt/lists/* "$root"/boot/initrd.img*
}

# A small initrd of our own: no udev, no module search, just what the root disk needs.
make_initrd() { # ROOT RELEASE FILE
  local root=$1 release=$2 file=$3 stage module path order=()
  stage=$(mktemp -d -p "$root/tmp" initrd.XXXXXX) # inside the root, whose cpio packs it
  mkdir -p "$stage"/{bin,dev,proc,root,modules}
  cp "$root/bin/busybox" "$stage/bin/busybox"
  for module in "${boot_modules[@]}"; do
    while read -r path; do
      [[ " ${order[*]} " == *" ${path##*/} "* ]] || order+=("${path##*/}")
      unpack_module "$root$path" "$stage/modules"
    done < <(chroot "$root" modprobe --set-version "$release" --ignore-install --show-depends "$module" 2>/dev/null |
      awk '$1 == "insmod" { print $2 }')
  done
  {
    printf '#!/bin/busybox sh\n'
    for path in "${order[@]}"; do
      printf '/bin/busybox insmod /modules/%s\n' "$(basename "${path%%.ko*}").ko"
    done
    cat <<'INIT'
/bin/busybox mount -t devtmpfs dev /dev
tries=0
until [ -b /dev/vda ] || [ $tries -ge 200 ]; do tries=$((tries + 1)); /bin/busybox usleep 50000; done
/bin/busybox mount -t ext4 /dev/vda /root || { echo 'faultline-guest: no root file system'; exec /bin/busybox poweroff -f; }
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /faultline-init
INIT
  } >"$stage/init"
  chmod +x "$stage/init"
  chroot "$root" sh -c 'cd "$1" && find . | cpio --quiet -o -H newc' make_initrd "/tmp/${stage##*/}" >"$file"
  rm -rf "$stage"
}

unpack_module() { # FILE DIR
  case $1 in
    *.xz) xz -dc "$1" >"$2/$(basename "$1" .xz)" ;;
    *.zst) zstd -qdc "$1" >"$2/$(basename "$1" .zst)" ;;
    *.gz) gzip -dc "$1" >"$2/$(basename "$1" .gz)" ;;
    *) cp "$1" "$2/" ;;
  esac
}

make_image() { # ROOT FILE
  local root=$1 file=$2 used
  used=$(du -sm --apparent-size "$root" | cut -f1)
  # Room for small files' blocks and for what checks write; the file is sparse.
  truncate -s "$((used * 5 / 4 + 1024))M" "$file"
  PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1,nodiscard -d "$root" "$file"
}

build() { # TARGET SUITES… : fills $work
  local target=$1 suite taken='' root=$work/root release version kernel
  shift
  for suite in "$@"; do
    say "$target: installing $suite"
    rm -rf "$root"
    if install_root "$suite" "$root" >"$work/build.log" 2>&1; then taken=$suite; break; fi
    say "$target: $suite cannot be installed; the end of what was said:"
    tail -n 20 "$work/build.log" >&2
  done
  [[ $taken ]] || die "$target: no suite could be installed"
  say "$target: took suite $taken"
  kernel=$(find "$root/boot" -name 'vmlinuz-*' | sort -V | tail -n 1)
  release=${kernel##*/vmlinuz-}
  mkdir -p "$root/job"
  install -m 755 "$here/init.sh" "$root/faultline-init"
  chroot "$root" depmod "$release"
  cp "$kernel" "$work/vmlinuz"
  make_initrd "$root" "$release" "$work/initrd"
  make_image "$root" "$work/image.raw"
  version=$(chroot "$root" bpftrace --version)
  printf '{\n  "target": "%s",\n  "suite": "%s",\n  "kernel": "%s",\n  "bpftrace": "%s",\n  "date": "%s"\n}\n' \
    "$target" "$taken" "$release" "${version#bpftrace v}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$work/manifest.json"
}

case ${1:-} in
  debian12) suites=(bookworm) ;;
  debian13) suites=(trixie) ;;
  sid) suites=(sid testing) ;;
  *) die 'usage: build-image.sh debian12|debian13|sid' 2 ;;
esac
target=$1
hash=$(cat "$here/build-image.sh" "$here/init.sh" | sha256sum | cut -c1-12)
final=$cache/$target-$hash
if [[ -f $final/manifest.json ]]; then printf '%s\n' "$final"; exit 0; fi

check_needs
mkdir -p "$cache"
exec 9>"$cache/$target.lock"
flock 9
if [[ -f $final/manifest.json ]]; then printf '%s\n' "$final"; exit 0; fi
work=$(mktemp -d -p "$cache" "building-$target.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
start=$SECONDS
build "$target" "${suites[@]}"
chmod 755 "$work"
mv -T "$work" "$final"
say "$target: built in $((SECONDS - start)) s"
printf '%s\n' "$final"
