#!/bin/sh
# What the official image's entry point does: options alone mean the balancer, and the balancer stays in the foreground (-db)
# even where the file says "daemon"; any other command runs as it is.
set -e
if [ "${1#-}" != "$1" ]; then
  set -- haproxy "$@"
fi
if [ "$1" = haproxy ] || [ "$1" = pointsman ]; then
  program=$1
  shift
  set -- "$program" -db "$@"
fi
exec "$@"
