#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
(trap '' TERM HUP; exec sleep 60) &
pid $!
sleep 0.05
exit 1
