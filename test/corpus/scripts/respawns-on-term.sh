#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
trap 'setsid sleep 60 & pid $!; exit 0' TERM
sleep 60 &
wait
