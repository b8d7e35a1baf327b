#!/bin/sh
cat <<EOF
module=mem-logger
EOF
