#!/bin/sh
sleep 0 &
exec sleep 60
