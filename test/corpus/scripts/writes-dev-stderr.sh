#!/bin/sh
if echo note >/dev/stderr; then echo 'module=mem-logger'; else echo 'module=wrong-branch'; fi
