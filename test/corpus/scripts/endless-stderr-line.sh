#!/bin/sh
tr '\0' x </dev/zero | head -c 300000 >&2
echo 'module=mem-logger'
