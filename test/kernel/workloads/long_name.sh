#!/bin/bash
# Runs two_names under a name that is longer than the kernel keeps, as the user nobody where `as=nobody` is set:
# long_name.sh PROCESS_PAGES THREAD_PAGES [SECONDS]
set -euo pipefail
name=/tmp/a-program-with-a-long-name
if [[ ! -e $name ]]; then
  cp "$(command -v two_names)" "$name.$$"
  mv "$name.$$" "$name"
fi
if [[ ${as-} == "" ]]; then
  "$name" "$@"
else
  setpriv --reuid "$as" --regid nogroup --clear-groups "$name" "$@"
fi
