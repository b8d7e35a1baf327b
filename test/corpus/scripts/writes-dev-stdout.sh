#!/bin/sh
echo 'module=mem-logger' >/dev/stdout
