#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger'
{ exec >/dev/null 2>&1; sleep 2; echo 'module=mem-tracer' >&3; exec sleep 60; } &
pid $!
