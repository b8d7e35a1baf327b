#!/bin/sh
cd /
echo 'module=mem-logger'
