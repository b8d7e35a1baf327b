#!/bin/sh
echo 'starting up'
echo 'module=mem-logger' >&3
echo 'module=not-this-one'
