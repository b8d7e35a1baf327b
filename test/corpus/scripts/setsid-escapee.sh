#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
setsid sleep 60 &
pid $!
exit 1
