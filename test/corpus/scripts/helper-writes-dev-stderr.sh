#!/bin/sh
zone=$(sh "$(dirname "$0")/lib/zone-helper.sh") || zone=unknown
echo "module=mem-$zone"
