#!/bin/sh
pid() { echo "$1" >>"$PIDS"; }
sleep 60 &
pid $!
