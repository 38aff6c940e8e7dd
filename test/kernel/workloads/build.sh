#!/bin/bash
# Compiles the workloads named (all, when none is) into the current directory.
# Frame pointers, so that user stacks are whole.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
if (($# == 0)); then
  for source in "$here"/*.c; do set -- "$@" "$(basename "$source" .c)"; done
fi
for name in "$@"; do
  kind=(-pthread)
  if [[ $name == ia32 ]]; then kind=(-m32 -nostdlib -static -fno-pic -no-pie -fno-stack-protector); fi
  gcc -Wall -Wextra -g -O1 -fno-omit-frame-pointer "${kind[@]}" -o "$name" "$here/$name.c"
done
