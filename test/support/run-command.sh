#!/bin/sh
# Runs what stands in the file of its own name with ".command". See program-file.ts.
. "$0.command"
