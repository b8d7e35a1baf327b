#!/bin/sh
# The containers of pod.yaml, one after the other, as a script that runs anywhere: CLUSTER_ENV=production sh init.sh
set -eu
here=$(dirname "$0")
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT

echo 'choose-modules:'
HERMES_STEP=choose-modules hermes-modules resolve "$here/load-sidecars.sh" \
  --record "$run/record" --record-mode begin --format env >"$run/modules.env.new"
mv "$run/modules.env.new" "$run/modules.env"
cat "$run/modules.env"

echo 'shop:'
. "$run/modules.env"
echo "starts with $HERMES_MODULES"

echo 'any other step, whatever has changed by now:'
CLUSTER_ENV=staging hermes-modules resolve "$here/load-sidecars.sh" --record "$run/record" --format directives
