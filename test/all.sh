#!/bin/bash
# Everything: what is missing is installed, then lint, format, types, tests and the kernel suite.
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh tests
. scripts/node-path.sh
npm run --silent check
npm test
# The same cases each time, as a run must not fail by chance.
npm run --silent fuzz -- --seed 20261129 --seconds 90
# Both test what is shipped, which is made once.
npm run package
npx vitest run --config vitest.package.config.ts
npx vitest run --config vitest.kernel.config.ts
