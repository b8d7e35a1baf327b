#!/bin/sh
if echo 'module=mem-logger' >/dev/fd/3; then :; else echo 'module=wrong-branch'; fi
