#!/bin/sh
i=0
while [ "$i" -lt 25 ]; do
  sleep 60 &
  echo $! >>"$PIDS"
  i=$((i + 1))
done
wait
