#!/bin/bash
# Chooses the memory modules of this container.
set -u
lib=${BASH_SOURCE[0]%/*}/lib
if [ -n "${LOADER_LIB-}" ]; then lib=$LOADER_LIB; fi # mounted apart from the script
. "$lib/cluster.sh"

if ! tier=$(namespace_label tier); then
  echo "error=the tier of namespace $POD_NAMESPACE can't be read"
  exit
fi

case $tier in
  production)
    echo module=mem-logger
    # Spot nodes have no CPU to spare.
    if [ "$(node_label pool)" != spot ] && flag_is_on memory-profiling; then
      echo module=mem-profiler,config=prod-tunings
    fi
    ;;
  staging) echo module=mem-tracer,config=staging-tunings ;;
  *) echo none ;;
esac
