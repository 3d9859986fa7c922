/** Rules of the catalogue that are not judged here, and why. */
export const omitted: readonly { readonly id: string; readonly reason: string }[] = [
  {
    id: "ENV-03",
    reason:
      "Neither a plan nor a state names the backend of a stack. Each environment has a storage account, " +
      "a container and roles of its own for it (docs/azure.md, State), by PULUMI_BACKEND_URL in the " +
      "environment's scope; SEC-06 judges the key that seals it.",
  },
  {
    id: "SC-04",
    reason:
      "An image's signature, SBOM and provenance are in its registry, in no plan and in no state. The " +
      "pipeline builds with both attestations (.gitlab-ci.yml), and alone writes images/digests.yaml, " +
      "without which SC-01 fails.",
  },
];
