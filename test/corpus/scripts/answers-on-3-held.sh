#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger' >&3
sleep 60 >/dev/null 2>&1 &
pid $!
