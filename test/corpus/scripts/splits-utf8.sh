#!/bin/sh
printf '# caf\303'
sleep 0.05
printf '\251\n'
printf 'caf\303' >&2
sleep 0.05
printf '\251\n' >&2
echo 'module=mem-logger'
