#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
HERMES_RUN_ID=$HERMES_RUN_ID/inner setsid sleep 60 &
pid $!
exit 1
