#!/bin/sh
echo 'module=mem-logger'
if then
