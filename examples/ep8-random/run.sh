#!/bin/sh
# EP 8: random, the better of two, without Docker. Needs python3-flask. See ../run-episode for the settings.
exec "$(dirname "$0")/../run-episode" ep8-random
