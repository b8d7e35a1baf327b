#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger' >&3
sleep 60 2>/dev/null 3>&- &
pid $!
