#!/bin/sh
printf 'module=caf\351\n'
