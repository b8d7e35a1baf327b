#!/bin/sh
set -e
echo 'module=mem-logger'
false
echo 'module=mem-tracer'
