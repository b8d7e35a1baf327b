#!/bin/sh
i=0
while [ "$i" -lt 300 ]; do
  echo "module=mem-logger,config=c$i" | cat >/dev/null
  i=$((i + 100))
done
echo 'module=mem-logger'
exit 0
