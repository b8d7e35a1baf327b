#!/bin/sh
yes '# filling up ..' | head -n 4000 | cat
echo 'module=mem-logger'
