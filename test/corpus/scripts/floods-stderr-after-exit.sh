#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger'
yes noise >&2 3>&- &
pid $!
