#!/bin/sh
yes 'progress' | head -c 900000 >&2
echo 'the end' >&2
echo 'module=mem-logger'
