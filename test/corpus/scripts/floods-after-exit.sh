#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
echo 'module=mem-logger'
{ sleep 0.1; exec yes '# still here'; } &
pid $!
