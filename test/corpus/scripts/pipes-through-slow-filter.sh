#!/bin/bash
exec > >(sleep 0.1; sed 's/^/module=/')
echo mem-logger
