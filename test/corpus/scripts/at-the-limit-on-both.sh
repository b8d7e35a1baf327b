#!/bin/sh
printf 'module=mem-tracer\n'
printf 'module=mem-logger\n' >&3
