#!/bin/sh
i=0
while [ "$i" -lt 12 ]; do
  setsid sleep 60 &
  echo $! >>"$PIDS"
  i=$((i + 1))
done
exit 1
