#!/bin/bash
# Runs two_names under a name that is longer than the kernel keeps, as the user nobody where `as=nobody` is set:
# long_name.sh PROCESS_PAGES THREAD_PAGES [SECONDS]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
name=./a-program-with-a-long-name
cp "$(command -v two_names)" "$folder/$name"
cd "$folder"
if [[ ${as-} == "" ]]; then
  "$name" "$@"
else
  chmod 755 "$folder"
  setpriv --reuid "$as" --regid nogroup --clear-groups "$name" "$@"
fi
