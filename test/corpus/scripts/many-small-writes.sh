#!/bin/sh
i=0
while [ "$i" -lt 700 ]; do
  echo '# x'
  i=$((i + 1))
done
echo 'module=mem-logger'
