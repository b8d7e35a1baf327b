#!/bin/sh
echo 'error=zone is unknown'
