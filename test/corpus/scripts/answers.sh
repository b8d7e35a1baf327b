#!/bin/sh
echo 'module=mem-profiler,config=prod-tunings'
echo '# and a second'
echo 'module=mem-logger'
