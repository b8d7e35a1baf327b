#!/bin/sh
printf 'caf\303' >&2
echo 'module=mem-logger'
