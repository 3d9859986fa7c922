#!/bin/sh
# Pins what requirements.in names, and for each image the part that it needs, in the same versions. With hashes: a mirror that
# serves something else is refused.
set -eu
cd "$(dirname "$0")/../.."

pin() {
  .uv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 "$@"
}

pin requirements.in -o requirements.lock
for image in mlflow serving monitor release; do
  folder=images/$image
  set -- -c requirements.lock "$folder/requirements.in" -o "$folder/requirements.lock"
  [ ! -f "$folder/excludes.txt" ] || set -- --excludes "$folder/excludes.txt" "$@"
  pin "$@"
done
