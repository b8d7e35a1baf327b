#!/bin/sh
echo 'module=mem-tracer'
echo ready >&2
sleep 60
