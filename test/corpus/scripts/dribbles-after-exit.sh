#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger'
while sleep 0.02; do echo '# still here'; done &
pid $!
