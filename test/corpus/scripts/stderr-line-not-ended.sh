#!/bin/sh
printf 'first\r\nlast words' >&2
echo 'module=mem-logger'
