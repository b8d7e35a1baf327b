#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
sleep 60 &
pid $!
kill -STOP $!
exit 1
