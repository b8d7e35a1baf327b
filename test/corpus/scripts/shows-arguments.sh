#!/bin/sh
echo "$# $1 $2" >&2
case $0 in */shows-arguments.sh) echo 'module=mem-logger' ;; esac
