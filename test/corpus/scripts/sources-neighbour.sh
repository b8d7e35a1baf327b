#!/bin/sh
. "$(dirname "$0")/lib/answer.sh"
answer
