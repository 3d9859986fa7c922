import { UNKNOWN } from "../../../protocol/properties";
import { matches, set } from "../../conditions";
import type { Context } from "../../context";
import { assignmentType, credentialType } from "../../identities";
import { templateOf } from "../../pods";
import { hasVariable, variableOf } from "../../program";
import { type Companion, has, judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, StackRule } from "../../rule";
import { holdsObject, namespacesOf } from "../../selectors";
import type { KeysOf, Stack } from "../../stack";
import { text } from "../../values";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";
import { modelServer, onEach, training } from "../../workloads";
import { declared } from "../governance/owners";

const namespace = "kubernetes:core/v1:Namespace";
const storage = ["azure-native:storage:BlobContainer", "azure-native:storage:StorageAccount"];
const reader = matches(
  "roleDefinitionId",
  /2a2b9908-6ea1-4ae2-8e65-a410df84e7d1$/i,
  "Storage Blob Data Reader",
);

/** The tracking server that a training writes to is its own environment's. */
function homeServer(stack: Stack, workload: Resource): Judged {
  const uri = variableOf(workload, "MLFLOW_TRACKING_URI");
  if (uri === UNKNOWN) return open("MLFLOW_TRACKING_URI is not known yet");
  const place = /^https?:\/\/[^./]+\.([^./:]+)\.svc\b/.exec(String(uri))?.[1];
  return place && namespacesOf(stack).has(place)
    ? pass
    : fail(`MLFLOW_TRACKING_URI is ${uri ?? "not set"}, which is no server of this stack`);
}

// What is not known yet is of no workload here: ID-08 says so of credentials and accounts.
const subjectOf: KeysOf = ({ inputs }) => [text(inputs, "subject") ?? ""];
const holders: KeysOf = ({ propertyDependencies }) => propertyDependencies.principalId ?? [];

/** The identities at Azure that a workload's ServiceAccount may be. */
function identitiesOf(stack: Stack, workload: Resource): readonly Resource[] {
  const account = text(workload.inputs, `${templateOf(workload.type)}spec.serviceAccountName`);
  const subject = `system:serviceaccount:${text(workload.inputs, "metadata.namespace")}:${account}`;
  return stack
    .by(credentialType, subjectOf)
    .of([subject])
    .flatMap((credential) => stack.sources(credential, "resourceName"));
}

/** Roles on blobs that those identities have, which must be to read only. */
function readsOnly(stack: Stack, workload: Resource, context: Context): Judged[] {
  return stack
    .by(assignmentType, holders)
    .of(identitiesOf(stack, workload).map(({ urn }) => urn))
    .filter((role) => stack.sources(role, "scope").some(({ type }) => storage.includes(type)))
    .map((role) =>
      // A role of the stack's own making is one that writes, or it would be the reader's.
      stack.sources(role, "roleDefinitionId").length > 0
        ? fail(`${role.name} gives it a role that is not Storage Blob Data Reader`)
        : judged(reader, role, context),
    );
}

/** A training that could read what models are judged by could train on it, and no gate would see that. */
const opensNoHoldout = (workload: Resource): Judged =>
  variableOf(workload, "ECLUSE_HOLDOUT_URL") === undefined ? pass : fail("it has ECLUSE_HOLDOUT_URL");

/** The namespace of a workload, whose annotations state its purpose and its data. */
const home = (check: Condition): Companion => ({
  type: namespace,
  relation: holdsObject,
  check,
  missing: "its namespace is not of this stack, and says nothing of it",
});

/** Rules on what trainings read and write, and on what use cases say of themselves. */
export const trainingRules: readonly StackRule[] = [
  {
    id: "ML-17",
    name: "training-reads-data-only",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description:
      "Trainings read data by an identity that cannot change it, are given no hold-out, and write to their own " +
      "environment's server only.",
    remediation:
      'Give them store.access(pod, "data", "read"), as components/kubernetes/training.ts does, and no other role.',
    deviation:
      "What keys of a team's own object store allow is in no plan (docs/kubernetes.md says what they " +
      "must). That dev has no grant in production ML-10 says.",
    check: (stack, context) =>
      onEach(stack, training, context, (workload) =>
        allVerdicts([
          homeServer(stack, workload),
          opensNoHoldout(workload),
          ...readsOnly(stack, workload, context),
        ]),
      ),
  },
  {
    id: "ML-18",
    name: "data-declared",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "A training says where its data comes from, for which use case, and how it is classified.",
    remediation:
      "Set ecluse:governance.dataClassification, and ECLUSE_DATA_URL in components/kubernetes/training.ts.",
    deviation:
      "The version of the data is known to the training alone, which signs it with the model; an " +
      "assessment of personal data (DPIA) is named by no setting, and so not judged.",
    check: (stack, context) =>
      onEach(stack, training, context, (workload) =>
        allVerdicts([
          judged(hasVariable("ECLUSE_DATA_URL"), workload, context),
          judged(hasVariable("ECLUSE_USE_CASE"), workload, context),
          has(stack, context, workload, home(set("metadata.labels.[ecluse.local/data-classification]"))),
        ]),
      ),
  },
  {
    id: "ML-19",
    name: "purpose-and-owner-stated",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description:
      "Of every model that serves it is written what it is for, how risky and material that is, who answers for " +
      "it, and the day of its next validation, which is not over.",
    remediation:
      "Set accountability of the use case in ecluse:useCases: owner, team, purpose, riskClass, materiality, and " +
      "reviewBy once the model is validated again.",
    deviation:
      "The model card itself is a file of the use case's repository (README.md, Model card), which no " +
      "plan or state names. On one machine nobody else depends on a model.",
    check: (stack, context) => {
      const types = modelServer.types.filter((type) => type.startsWith("kubernetes:"));
      return onEach(stack, { ...modelServer, types }, context, (server) =>
        has(stack, context, server, home(declared)),
      );
    },
  },
];
