import { UNKNOWN } from "../../../protocol/properties";
import { allOf, atLeast, every, given, implies, is, not, unset } from "../../conditions";
import type { Context } from "../../context";
import { hasVariable, runs, variableOf } from "../../program";
import { byName, has, judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, StackRule } from "../../rule";
import type { Stack } from "../../stack";
import { items } from "../../values";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";
import { compaction, modelServer, onEach } from "../../workloads";

const own = runs(/\becluse_serving\b/);
const account = "azure-native:storage:StorageAccount";

const retention = {
  id: "ML-14",
  parameters: {
    days: { type: "number", description: "Days for which predictions are kept at least.", default: 183 },
    prefix: {
      type: "string",
      description: "Prefix of the blobs that predictions are.",
      default: "inference/",
    },
  },
} as const;

/** A lifecycle rule is about predictions where a prefix is theirs, or where it has none. */
const ofPredictions = given(
  retention,
  "prefix",
  (prefix: string): Condition =>
    ({ value }) => {
      const prefixes = items(value, "definition.filters.prefixMatch");
      if (!prefixes) return open("prefixMatch is not known yet");
      const hit = prefixes.some(
        (each) => each !== UNKNOWN && (prefix.startsWith(String(each)) || String(each).startsWith(prefix)),
      );
      if (hit || prefixes.length === 0) return pass;
      return prefixes.includes(UNKNOWN) ? open("a prefix is not known yet") : fail("it is about other blobs");
    },
);

const deletion = "definition.actions.baseBlob.delete";
const ages = [
  "daysAfterModificationGreaterThan",
  "daysAfterCreationGreaterThan",
  "daysAfterLastAccessTimeGreaterThan",
];
const late = given(retention, "days", (days: number) =>
  allOf(
    ...ages.map((age) =>
      implies(not(unset(`${deletion}.${age}`), "it deletes"), atLeast(`${deletion}.${age}`, days)),
    ),
  ),
);
const keepsPredictions = every(
  "policy.rules",
  implies(allOf(not(is("enabled", false), "it is off"), ofPredictions), late),
);

/** Where predictions go is the account's; what deletes them there must wait. */
function retained(stack: Stack, server: Resource, context: Context): Judged {
  const accounts = stack.sources(server, "spec").filter(({ type }) => type === account);
  const local = server.type.startsWith("ecluse-local:");
  if (local) return pass;
  if (accounts.length === 0)
    return open(
      "predictions go to an object store of the team's or the cluster's: for how long is in no plan",
    );
  return allVerdicts(
    accounts.map((to) =>
      has(stack, context, to, {
        type: "azure-native:storage:ManagementPolicy",
        relation: byName("accountName"),
        check: keepsPredictions,
        missing: "the account has no ManagementPolicy",
      }),
    ),
  );
}

/** What compacts the log deletes the oldest predictions, on whatever store. */
function keptByCompaction(job: Resource, least: number): Judged {
  const days = variableOf(job, "ECLUSE_LOG_DAYS");
  if (days === UNKNOWN) return open("ECLUSE_LOG_DAYS is not known yet");
  return Number(days) >= least ? pass : fail(`ECLUSE_LOG_DAYS is ${days}, and must be ${least} or more`);
}

/** A rule on what is kept of a model's answers. */
export const predictionRules: readonly StackRule[] = [
  {
    ...retention,
    name: "predictions-logged",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "Every prediction is logged before it is given, and kept for at least six months.",
    remediation:
      "Start it by ecluse_serving with ECLUSE_INFERENCE_URL; logDays in " +
      "components/processes/compaction.ts says for how long.",
    deviation:
      "ecluse_serving has no sampling: it answers only what it has logged. It redacts nothing, since " +
      "drift is measured on the inputs: access and deletion guard them. A team's own object store is not " +
      "in the plan.",
    *check(stack, context) {
      yield* onEach(stack, modelServer, context, (server) =>
        allVerdicts([
          judged(allOf(own, hasVariable("ECLUSE_INFERENCE_URL")), server, context),
          retained(stack, server, context),
        ]),
      );
      const least = context.parameter<number>(retention, "days");
      yield* onEach(stack, compaction, context, (job) => keptByCompaction(job, least));
    },
  },
];
