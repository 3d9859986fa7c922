import { UNKNOWN } from "../../../protocol/properties";
import {
  credentialsOf,
  credentialType,
  holdsOutput,
  identityType,
  ofIdentity,
  serviceAccount,
} from "../../identities";
import { referents, referrers } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { KeysOf, Stack } from "../../stack";
import { read, text } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass } from "../../verdict";

const annotation = "metadata.annotations.[azure.workload.identity/client-id]";
const cluster = "azure-native:containerservice:ManagedCluster";
const subjectOf = (credential: Resource) => text(credential.inputs, "subject");

const accountType = "kubernetes:core/v1:ServiceAccount";
const accountName = ({ inputs }: Resource) =>
  `system:serviceaccount:${text(inputs, "metadata.namespace") ?? "default"}:${text(inputs, "metadata.name")}`;

const byAccountName: KeysOf = (account) => [accountName(account)];

/** The account wears the identity's client id. */
const runsAs = holdsOutput(annotation, "clientId");

/** The credential's issuer is a cluster of the stack. */
function ofOwnCluster(stack: Stack, { inputs, propertyDependencies }: Resource): Judged {
  const issuer = read(inputs, "issuer");
  const clusters = stack.of(cluster);
  if (issuer === UNKNOWN)
    return clusters.some(({ urn }) => propertyDependencies.issuer?.includes(urn))
      ? pass
      : open("issuer is not known yet");
  const own = clusters.map(({ outputs }) => read(outputs, "oidcIssuerProfile.issuerURL"));
  if (own.includes(issuer ?? null)) return pass;
  return own.some((each) => each === undefined || each === UNKNOWN)
    ? open("the cluster's issuer is not known yet")
    : fail("its issuer is no cluster of the stack");
}

function ofCredential(stack: Stack, credential: Resource, subject: string): Judged {
  const [account] = stack.by(accountType, byAccountName).of([subject]);
  if (!account) return fail(`${subject} is no ServiceAccount of the stack`);
  const own = referents(stack, identityType, ofIdentity, credential).find(
    (identity) => ofIdentity(stack, credential, identity).verdict === "pass",
  );
  const unknown = read(credential.inputs, "resourceName") === UNKNOWN;
  if (!own)
    return unknown ? open("its identity is not known yet") : fail("it belongs to no identity of the stack");
  return allVerdicts([runsAs(stack, account, own), ofOwnCluster(stack, credential)]);
}

function ofAccount(stack: Stack, account: Resource): Judged {
  const name = accountName(account);
  const judged = referents(stack, identityType, runsAs, account).map((identity) => {
    const credentials = credentialsOf(stack, identity);
    const trusted = credentials.some((credential) => subjectOf(credential) === name);
    const unknown = credentials.some(({ inputs }) => read(inputs, "subject") === UNKNOWN);
    const trust = trusted ? pass : unknown ? open("a subject is not known yet") : fail("nothing trusts it");
    return allVerdicts([runsAs(stack, account, identity), trust]);
  });
  return anyVerdict([...judged, fail(`no identity that it wears trusts ${name}`)]);
}

function* pairs(stack: Stack): Iterable<Finding> {
  for (const credential of stack.of(credentialType)) {
    const subject = read(credential.inputs, "subject");
    if (subject === UNKNOWN) yield { urn: credential.urn, ...open("subject is not known yet") };
    else if (serviceAccount.test(String(subject)))
      yield { urn: credential.urn, ...ofCredential(stack, credential, String(subject)) };
  }
  for (const account of stack.of(accountType))
    if (read(account.inputs, annotation) !== undefined)
      yield { urn: account.urn, ...ofAccount(stack, account) };
}

/** No more than one subject of a kind. */
function alone(subjects: readonly (string | undefined)[], what: string): Judged {
  const known = new Set(subjects);
  if (known.size <= 1) return pass;
  return known.has(undefined) && known.size === 2
    ? open("a subject is not known yet")
    : fail(`${[...known].join(" and ")} are ${what}: each needs an identity of its own`);
}

function* unshared(stack: Stack): Iterable<Finding> {
  for (const identity of stack.of(identityType)) {
    const credentials = referrers(stack, credentialType, ofIdentity, identity).filter(
      (each) => ofIdentity(stack, each, identity).verdict !== "fail",
    );
    const subjects = credentials.map(subjectOf);
    const ofForge = subjects.filter((subject) => subject?.startsWith("project_path:"));
    const ofCluster = subjects.filter((subject) => !subject?.startsWith("project_path:"));
    if (credentials.length > 0)
      yield {
        urn: identity.urn,
        ...allVerdicts([alone(ofCluster, "two ServiceAccounts"), alone(ofForge, "two branches")]),
      };
  }
}

/** Rules on how identities and ServiceAccounts belong together. */
export const idPairsRules: readonly Rule[] = [
  {
    id: "ID-08",
    name: "identities-and-accounts-paired",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Every federated ServiceAccount is there and wears its identity, and every one that wears an " +
      "identity is federated.",
    remediation:
      "Make both by Identities.of and Identities.workloadIdentity (components/azure/identities.ts).",
    deviation: "Also the issuer: a ServiceAccount of the same name in another cluster is somebody else.",
    check: pairs,
  },
  {
    id: "ID-09",
    name: "one-identity-per-role",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "No identity is shared by two ServiceAccounts or two branches of GitLab.",
    remediation:
      "Give each pod its own role name, from which components/azure/identities.ts makes its identity.",
    deviation:
      "One ServiceAccount and one branch may share an identity: a release is the pod and the pipeline of one project.",
    check: unshared,
  },
];
