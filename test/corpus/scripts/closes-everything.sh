#!/bin/sh
echo 'module=mem-logger'
exec >&- 2>&- 3>&-
sleep 0.05
exit 0
