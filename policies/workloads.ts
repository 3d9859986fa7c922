import { anyOf, is } from "./conditions";
import type { Context } from "./context";
import { jobTypes } from "./pods";
import { commandHas, runs } from "./program";
import { judged } from "./relations";
import type { Resource } from "./resource";
import type { Condition, Finding } from "./rule";
import type { Stack } from "./stack";
import { fail, impliesVerdict, type Judged } from "./verdict";

/** The role of a workload: the types that it may have, and the condition that identifies it. */
export interface Role {
  readonly types: readonly string[];
  readonly is: Condition;
}

const service = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "ecluse-local:index:Service",
];
const nameLabel = "metadata.labels.[app.kubernetes.io/name]";
const role = (types: readonly string[], name: string, form: RegExp): Role => ({
  types,
  is: anyOf(is(nameLabel, name), runs(form)),
});

/** The tracking server: this platform's own start of MLflow, or MLflow's. */
export const trackingServer = role(service, "tracking", /\becluse_identity\.serve\b|\bmlflow (server|ui)\b/);

/** A model server. */
export const modelServer = role(service, "serve", /\becluse_serving\b|\bmlflow models serve\b/);

/** The proxy that people log in by. */
export const loginProxy: Role = {
  types: ["kubernetes:apps/v1:Deployment"],
  is: anyOf(is(nameLabel, "proxy"), commandHas(/--oidc-issuer-url=/)),
};

/** How what checks predictions is started. */
export const monitorStart = /\becluse_monitor check\b/;

/** What checks the predictions of a use case. */
export const driftMonitor = role(jobTypes, "monitor", monitorStart);

/** What puts a use case's predictions together, and deletes the oldest. */
export const compaction = role(jobTypes, "compact", /\becluse_monitor compact\b/);

/** What trains a use case's models. */
export const training = role(jobTypes, "train", /\bpython -m ecluse train\b/);

/** What makes the tracking server's workspaces and grants. */
export const grantsMaker = role(
  [...jobTypes, "ecluse-local:index:Task"],
  "prepare",
  /\becluse_identity\.prepare\b/,
);

/** The workload is of a role. */
export const isOf =
  ({ types, is }: Role): Condition =>
  (from, context) =>
    types.includes(from.resource.type) ? is(from, context) : fail("it is of another type");

/** The workloads of a role, with those of which it is not known yet. */
export const workloads = (stack: Stack, { types, is }: Role, context: Context): readonly Resource[] =>
  stack.of(...types).filter((each) => judged(is, each, context).verdict !== "fail");

/** Judges each workload of a role; one that may be another does not fail. */
export function* onEach(
  stack: Stack,
  wanted: Role,
  context: Context,
  check: (workload: Resource) => Judged,
): Iterable<Finding> {
  for (const workload of workloads(stack, wanted, context)) {
    yield { urn: workload.urn, ...impliesVerdict(judged(wanted.is, workload, context), check(workload)) };
  }
}
