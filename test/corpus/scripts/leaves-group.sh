#!/bin/sh
set -m
pid() { echo "$1" >>"$PIDS"; }
sleep 60 &
pid $!
set +m
exit 1
