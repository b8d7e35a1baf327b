#!/bin/sh
trap 'echo module=mem-logger; exit 0' TERM
sleep 60 &
wait
