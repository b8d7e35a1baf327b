#!/bin/sh
yes '# twelve chars' | head -c 160000
sleep 0.05
echo
echo 'module=mem-logger'
