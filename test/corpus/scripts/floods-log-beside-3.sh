#!/bin/sh
echo 'module=mem-logger' >&3
yes 'progress'
