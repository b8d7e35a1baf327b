#!/bin/sh
printf 'module=mem-logger\n'
