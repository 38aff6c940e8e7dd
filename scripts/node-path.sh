# shellcheck shell=bash
# To be sourced, in the checkout's folder: puts the Node that setup.sh took before others.
for each in "$PWD"/scripts/node/node_modules/node-linux-*/bin; do
  if [[ -x $each/node ]]; then PATH=$each:$PATH; fi
done
