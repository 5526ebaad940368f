#!/bin/sh
# Prints each tick of a service as it comes, as server-sent events:
#
#     sh deploy/programs/stream.sh http://127.0.0.1:7878 cpu_busy_ratio,memory_available_bytes
#
# A token is taken from RINGSIDE_TOKEN, and passed to curl by its standard input: what stands in its
# arguments every user of this host can read.
set -eu
service=${1:?needs the address of a service}
metrics=${2:?needs ids of metrics, with commas between them}

{
  if [ -n "${RINGSIDE_TOKEN:-}" ]; then
    # What is quoted may hold these two with a backslash before them.
    token=$(printf '%s\n' "$RINGSIDE_TOKEN" | sed 's/[\\"]/\\&/g')
    printf 'header = "Authorization: Bearer %s"\n' "$token"
  fi
} | curl -N --silent --show-error --fail-with-body --config - \
  "$service/api/v1/stream?metric=$metrics"
