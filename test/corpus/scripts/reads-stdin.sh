#!/bin/sh
cat
read -r line && echo "module=$line"
echo 'module=mem-logger'
