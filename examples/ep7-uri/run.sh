#!/bin/sh
# EP 7: URI hash, consistent, without Docker. Needs python3-flask. See ../run-episode for the settings.
exec "$(dirname "$0")/../run-episode" ep7-uri
