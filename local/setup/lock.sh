#!/bin/sh
# Pins what requirements.in names, and for each image the part that it needs, in the same versions. With hashes: a mirror that
# serves something else is refused. The use cases' lock has the kit (python/ecluse), whose wheel is built here.
set -eu
cd "$(dirname "$0")/../.."

pin() {
  .uv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 "$@"
}

pin requirements.in -o requirements.lock
pin -c requirements.lock local/kernel/requirements.in -o local/kernel/requirements.lock
for image in mlflow serving monitor release; do
  folder=images/$image
  set -- -c requirements.lock "$folder/requirements.in" -o "$folder/requirements.lock"
  [ ! -f "$folder/excludes.txt" ] || set -- --excludes "$folder/excludes.txt" "$@"
  pin "$@"
done

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
.uv/bin/uv build --quiet --wheel --offline --out-dir "$wheels" python
blueprint="blueprint/template/{{ common }}"
# Upgraded, as the lock that is there has the hash of the former wheel.
pin -c requirements.lock --find-links "$wheels" --upgrade-package ecluse "$blueprint/requirements.in" -o "$blueprint/requirements.lock"
cp "$blueprint/requirements.in" "$blueprint/requirements.lock" usecases/bank-churn/
