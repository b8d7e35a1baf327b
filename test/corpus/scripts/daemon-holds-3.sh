#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger'
sleep 60 </dev/null >/dev/null 2>&1 &
pid $!
