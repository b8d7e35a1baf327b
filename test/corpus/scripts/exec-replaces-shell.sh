#!/bin/sh
exec echo 'module=mem-logger'
