#!/bin/sh
echo 'module=mem-logger'
{ sleep 0.1; echo 'module=mem-tracer'; } &
