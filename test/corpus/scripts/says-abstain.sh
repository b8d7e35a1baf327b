#!/bin/sh
echo abstain
