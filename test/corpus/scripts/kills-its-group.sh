#!/bin/sh
echo 'module=mem-logger'
kill -KILL 0
