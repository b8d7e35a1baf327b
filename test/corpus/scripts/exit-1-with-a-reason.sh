#!/bin/sh
echo 'no such cluster' >&2
exit 1
