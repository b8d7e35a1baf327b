#!/bin/sh
echo 'module=mem-logger'
printf 'module=mem-profiler,config=prod-tun\n'
kill -KILL $$
