#!/bin/bash
# Installs what is missing on a Debian machine: bpftrace, Node and its packages; with `tests`, what the guests need too.
set -euo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive
wanted=()
need() { command -v "$1" >/dev/null || wanted+=("$2"); }
need bpftrace bpftrace
need node nodejs
need npm npm
if [[ ${1:-} == tests ]]; then
  need qemu-system-x86_64 qemu-system-x86
  need debootstrap debootstrap
  need mkfs.ext4 e2fsprogs
  need chromium chromium
  need shellcheck shellcheck
  need pyflakes3 pyflakes3
  need gcc gcc
  need zsh zsh
  need fish fish
  need mandoc mandoc
  need groff groff
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || wanted+=(debian-archive-keyring)
fi
if ((${#wanted[@]} > 0)); then
  if [[ $(id -u) == 0 ]]; then
    apt-get update -q && apt-get install -y -q --no-install-recommends "${wanted[@]}" || [[ ${1:-} != tests ]]
  else
    echo "not root, so these are not installed: ${wanted[*]}" >&2
  fi
fi
if [[ $(id -u) == 0 && ! -d /sys/kernel/tracing/events ]]; then
  mount -t tracefs tracefs /sys/kernel/tracing || true
fi
quiet=(--no-audit --no-fund --loglevel=error)
oldest=v20.19.0
. scripts/node-path.sh
there=$(node --version 2>/dev/null || echo v0)
if [[ $(printf '%s\n' "$oldest" "$there" | sort -V | head -n 1) != "$oldest" ]]; then
  if ! command -v npm >/dev/null; then
    echo "faultline needs Node ${oldest#v} or newer, or npm to fetch one: apt-get install npm" >&2
    exit 3
  fi
  echo "the Node of this machine is ${there/#v0/missing}, and $oldest is needed: npm fetches one into scripts/node" >&2
  (cd scripts/node && npm ci --ignore-scripts "${quiet[@]}")
  . scripts/node-path.sh
fi
npm ci "${quiet[@]}"
npm run --silent build
