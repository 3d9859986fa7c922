#!/bin/sh
# Applies what `ecluse render` wrote, in its order, and waits for what later objects stand on:
#   sh cli/apply.sh FOLDER CONTEXT
# A second run goes on where the first ended. A Job that used up its tries is made again.
set -eu
folder="${1:?give the folder that render wrote}"
context="${2:?give the context of the kubeconfig; the current one is never used}"
patience="${PATIENCE:-15m}"

kube() { kubectl --context "$context" "$@"; }

condition() { # FILE TYPE
  kube get --ignore-not-found --filename "$1" --output "jsonpath={.status.conditions[?(@.type==\"$2\")].status}"
}

finish() { # FILE: the Job's own deadline ends this loop
  until [ "$(condition "$1" Complete)" = True ]; do
    if [ "$(condition "$1" Failed)" = True ]; then
      echo "apply.sh: $1 failed: read its pods' logs, remove the cause, and run this again" >&2
      exit 1
    fi
    sleep "${PAUSE:-2}"
  done
}

if open="$(grep -l placeholder- "$folder"/[0-9]*.yaml)"; then
  echo "apply.sh: there are placeholders in" $open "- render with --complete, and fill in chosen.yaml" >&2
  exit 1
fi

for file in "$folder"/[0-9]*.yaml; do
  kind="$(basename "$file" | cut -d - -f 2)"
  if [ "$kind" = job ] && [ "$(condition "$file" Failed)" = True ]; then kube delete --filename "$file"; fi
  kube apply --server-side --filename "$file"
  case "$kind" in
    job) finish "$file" ;;
    statefulset) kube rollout status --filename "$file" --timeout "$patience" ;;
    cluster) kube wait --filename "$file" --for condition=Ready --timeout "$patience" ;;
    database) kube wait --filename "$file" --for 'jsonpath={.status.applied}=true' --timeout "$patience" ;;
  esac
done
for file in "$folder"/[0-9]*-deployment-*.yaml; do
  kube rollout status --filename "$file" --timeout "$patience"
done
