#!/bin/sh
set -e
echo logger | tee /dev/stderr
