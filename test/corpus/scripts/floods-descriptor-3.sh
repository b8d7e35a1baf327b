#!/bin/sh
yes 'module=mem-logger' >&3
