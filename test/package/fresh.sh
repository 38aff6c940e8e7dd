#!/usr/bin/env bash
# The first command of README on a fresh machine: a guest's root, with this checkout as git has it and nothing else.
# usage: fresh.sh debian12|debian13|sid   Exit: that of the command, whose output is this script's.
set -euo pipefail
cd "$(dirname "$0")/../.."
command=$(awk '/^```/ { if (inside) exit; inside = 1; next } inside' <(sed -n '/^## Try it/,$p' README.md))
[[ $command == *setup.sh* ]] || { echo "README's first command is not what it was: $command" >&2; exit 2; }
# In memory, as thousands of small files are written; it comes to 1.5 GB.
upper=$(mktemp -d -p /dev/shm "fresh-$1.XXXXXX")
trap 'rm -rf --one-file-system "$upper"' EXIT
mkdir -p "$upper/files/faultline"
# What is not committed yet is tried too; what is deleted is not there.
git ls-files -z --cached --others --exclude-standard | while IFS= read -rd '' file; do
  if [[ -e $file ]]; then printf '%s\0' "$file"; fi
done | tar -c --null -T - | tar -x --no-same-owner -C "$upper/files/faultline"
# npm there takes its packages from where npm here does.
npm_config_registry=$(npm config get registry)
npm_config_cafile=$(npm config get cafile)
if [[ -f $npm_config_cafile ]]; then
  cp "$npm_config_cafile" "$upper/files/npm-cafile.pem"
  npm_config_cafile=/files/npm-cafile.pem
else
  npm_config_cafile=
fi
export npm_config_registry npm_config_cafile
test/package/in-root.sh "$1" "$upper" bash -c "cd /files/faultline && $command"
