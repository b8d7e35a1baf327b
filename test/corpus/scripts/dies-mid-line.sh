#!/bin/sh
printf 'module=mem-profiler,config=prod-tun'
kill -KILL $$
