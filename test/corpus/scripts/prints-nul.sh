#!/bin/sh
printf 'module=mem\000logger\n'
