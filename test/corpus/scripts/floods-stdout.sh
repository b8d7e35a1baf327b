#!/bin/sh
yes 'module=mem-logger'
