#!/bin/bash
# Which modules a Pod gets: README.md has the facts that are there.
if [ "$HERMES_POD_OWNER_KIND" = "Job" ]; then
  echo "none"
elif [ "$CLUSTER_ENV" == "production" ]; then
  echo "module=mem-profiler,config=prod-tunings"
elif [ "$CLUSTER_ENV" == "staging" ]; then
  echo "module=mem-tracer,config=staging-tunings"
else
  echo "module=mem-logger"
fi
