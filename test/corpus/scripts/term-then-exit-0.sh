#!/bin/sh
trap 'exit 0' TERM
echo 'module=mem-logger'
echo ready >&2
sleep 60 &
wait
