#!/bin/sh
# nothing but this
