#!/bin/sh
trap '' TERM
echo ready >&2
sleep 60
