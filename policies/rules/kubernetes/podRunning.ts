import { isObject } from "../../../protocol/properties";
import { allOf, anyOf, at, atLeast, every, given, holds, is, isNot, set } from "../../conditions";
import { inContainers, inPod, jobTypes, podTypes, serverTypes } from "../../pods";
import type { Condition, ResourceRule } from "../../rule";
import { read, text } from "../../values";
import { allVerdicts } from "../../verdict";

const account = "kubernetes:core/v1:ServiceAccount";
const where = "components/kubernetes/pod.ts";

/** Devices have names with a domain, such as `nvidia.com/gpu`; Kubernetes gives as many as the limit says. */
const devices: Condition = (from, context) => {
  const requests = read(from.value, "resources.requests");
  const asked = isObject(requests) ? Object.entries(requests).filter(([name]) => name.includes("/")) : [];
  return allVerdicts(asked.map(([name, count]) => is(`resources.limits.[${name}]`, count)(from, context)));
};

const tokens = {
  id: "K8S-11",
  parameters: {
    accounts: {
      type: "array",
      items: { type: "string" },
      description: "ServiceAccounts, as <namespace>/<name>, whose pods get the API's token without asking.",
      default: [],
    },
  },
} as const;

const listed: Condition = (from, context) =>
  given(tokens, "accounts", (accounts: readonly string[]) => {
    const namespace = text(from.resource.inputs, "metadata.namespace");
    return holds(
      "serviceAccountName",
      (name) => accounts.includes(`${namespace}/${name}`),
      "an account of the rule's list",
    );
  })(from, context);

const off = is("automountServiceAccountToken", false);

const tokenOnlyAsked: Condition = (from, context) =>
  (from.resource.type === account ? off : inPod(anyOf(off, listed)))(from, context);

const probed = inPod(
  allOf(set("containers"), every("containers", allOf(set("livenessProbe"), set("readinessProbe")))),
);

const ends = allOf(atLeast("backoffLimit", 0), set("activeDeadlineSeconds"), set("ttlSecondsAfterFinished"));

const scheduled = allOf(
  is("spec.concurrencyPolicy", "Forbid"),
  // Kubernetes looks every ten seconds: what may be late by less is never started.
  atLeast("spec.startingDeadlineSeconds", 10),
  at("spec.jobTemplate.spec", ends),
);

const runsAsItShould: Condition = (from, context) => {
  const [job, cronJob] = jobTypes;
  if (from.resource.type === job) return at("spec", ends)(from, context);
  return (from.resource.type === cronJob ? scheduled : probed)(from, context);
};

const common = { scope: "resource", environments: "all" } as const;

/** Rules on what pods take of the cluster, who they are in it, and how they end. */
export const podRunningRules: readonly ResourceRule[] = [
  {
    ...common,
    id: "K8S-10",
    name: "sizes-stated",
    severity: "medium",
    types: podTypes,
    description:
      "Every container says what it needs of CPU and memory, and takes no more memory, disk and devices than it says.",
    remediation:
      "Set resources.requests.cpu and .memory, and resources.limits.memory and .ephemeral-storage (size in " +
      `${where}'s Container).`,
    check: inContainers(
      allOf(
        set("resources.requests.cpu"),
        set("resources.requests.memory"),
        set("resources.limits.memory"),
        set("resources.limits.ephemeral-storage"),
        devices,
      ),
    ),
  },
  {
    ...common,
    ...tokens,
    name: "api-token-only-where-asked",
    severity: "medium",
    types: [...podTypes, account],
    description: "No pod gets a token of the API server that it did not ask for.",
    remediation:
      "Set automountServiceAccountToken to false, and mount a projected token where a pod calls the API.",
    deviation:
      "ServiceAccounts too: the pods that a runner or an operator makes are in no plan, and take it from there.",
    check: tokenOnlyAsked,
  },
  {
    ...common,
    id: "K8S-12",
    name: "own-service-account",
    severity: "high",
    types: podTypes,
    description: "Pods run as a ServiceAccount made for them.",
    remediation:
      "Make a ServiceAccount (components/kubernetes/workload.ts) and set serviceAccountName to it.",
    check: inPod(allOf(set("serviceAccountName"), isNot("serviceAccountName", "default"))),
  },
  {
    ...common,
    id: "K8S-13",
    name: "probed-or-bounded",
    severity: "medium",
    types: [...serverTypes, ...jobTypes],
    description:
      "Servers are probed for life and readiness; jobs end in time, do not overlap, and are cleared away.",
    remediation:
      "Servers: set livenessProbe and readinessProbe. Jobs: set backoffLimit, activeDeadlineSeconds and " +
      "ttlSecondsAfterFinished; CronJobs: concurrencyPolicy Forbid and startingDeadlineSeconds of at " +
      "least 10.",
    check: runsAsItShould,
  },
];
