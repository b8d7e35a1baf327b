#!/bin/bash
exec > >(tee /dev/stderr)
echo 'module=mem-logger'
echo 'module=mem-tracer'
