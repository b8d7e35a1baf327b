#!/bin/sh
setsid sh -c 'sleep 60 & echo $! >>"$PIDS"' </dev/null >/dev/null 2>&1
exit 3
