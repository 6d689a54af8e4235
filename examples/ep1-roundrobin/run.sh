#!/bin/sh
# EP 1: Traffic Police for Web (round robin), without Docker. Needs python3-flask. See ../run-episode for the settings.
exec "$(dirname "$0")/../run-episode" ep1-roundrobin
