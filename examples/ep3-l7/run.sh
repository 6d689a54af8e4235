#!/bin/sh
# EP 3: layer-7 routing by path, without Docker. Needs python3-flask. See ../run-episode for the settings.
exec "$(dirname "$0")/../run-episode" ep3-l7
