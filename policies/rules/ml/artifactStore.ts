import type { Finding, StackRule } from "../../rule";
import { allVerdicts, type Judged, open } from "../../verdict";
import { onEach, trackingServer } from "../../workloads";
import { storageModelsRules } from "../storage/models";
import { storageRetentionRules } from "../storage/retention";

const keeping = [...storageRetentionRules, ...storageModelsRules].filter(
  (rule): rule is StackRule => rule.scope === "stack" && ["ST-11", "ST-12", "ST-13"].includes(rule.id),
);

const elsewhere = open(
  "its artifacts are in an object store of the team's or the cluster's: whether that keeps versions is in no plan",
);

/** A rule on the store that the tracking server keeps artifacts in. */
export const artifactStoreRules: readonly StackRule[] = [
  {
    id: "ML-09",
    name: "artifacts-outlive-mistakes",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "What the tracking server stores can be brought back, and a released model not be changed.",
    remediation: "See ST-11, ST-12 and ST-13, which say what is missing on the account.",
    deviation:
      "A team's own object store is not in the plan: there the rule stays open. Immutability (ST-13) " +
      "counts in production only.",
    *check(stack, context): Iterable<Finding> {
      const wanted = keeping.filter(({ environments }) => environments === "all" || context.production);
      const found = wanted.flatMap((rule) => [...rule.check(stack, context)]);
      const types = trackingServer.types.filter((type) => type.startsWith("kubernetes:"));
      yield* onEach(stack, { ...trackingServer, types }, context, (server): Judged => {
        const accounts = stack
          .sources(server, "spec")
          .filter(({ type }) => type === "azure-native:storage:StorageAccount");
        const own = found.filter(({ urn }) => accounts.some((account) => account.urn === urn));
        return own.length === 0 ? elsewhere : allVerdicts(own);
      });
    },
  },
];
