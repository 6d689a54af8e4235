#!/bin/sh
# EP 6: least connections, without Docker. Needs python3-flask. See ../run-episode for the settings.
exec "$(dirname "$0")/../run-episode" ep6-leastconn
