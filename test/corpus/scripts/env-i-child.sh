#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
env -i sleep 60 &
pid $!
exit 1
