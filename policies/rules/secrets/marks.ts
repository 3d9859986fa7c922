import { isObject, isSecret, type Properties, UNKNOWN, type Value } from "../../../protocol/properties";
import { settledBy } from "../../conditions";

import type { Resource } from "../../resource";
import type { Condition, Finding, Rule } from "../../rule";
import { openSecrets } from "../../secretForms";
import type { Stack } from "../../stack";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";

/** Inputs that are secrets, by type. */
const secretInputs: Readonly<Record<string, readonly string[]>> = {
  "azure-native:dbforpostgresql:Server": ["administratorLoginPassword"],
  "azure-native:keyvault:Secret": ["properties.value"],
  "kubernetes:core/v1:Secret": ["data", "stringData"],
  "pulumi:providers:azure-native": ["clientSecret", "oidcToken"],
  "pulumi:providers:gitlab": ["token"],
  "gitlab:index/projectVariable:ProjectVariable": ["value"],
  "gitlab:index/groupVariable:GroupVariable": ["value"],
  "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable": ["value"],
  "gitlab:index/projectHook:ProjectHook": ["token", "signingToken"],
  "tls:index/certRequest:CertRequest": ["privateKeyPem"],
  "tls:index/selfSignedCert:SelfSignedCert": ["privateKeyPem"],
  "tls:index/locallySignedCert:LocallySignedCert": ["caPrivateKeyPem"],
  "ecluse-local:index:BlobAccess": ["key"],
  "ecluse-local:index:BlobContainer": ["key"],
  "ecluse-local:index:CiVariable": ["value"],
  "ecluse-local:index:Database": ["adminPassword", "password"],
  "ecluse-local:index:PostgresCluster": ["password"],
  "ecluse-local:index:Service": ["secretEnv"],
  "ecluse-local:index:Task": ["secretEnv"],
};

/** What gives nothing but secrets, which it marks itself once they are known. */
const generators = [
  "random:index/randomBytes:RandomBytes",
  "random:index/randomPassword:RandomPassword",
  "ecluse-local:index:RandomSecret",
];

/** Every text in the value, or the value as a whole, is marked secret. */
function marked(value: Value | undefined, path: string): Judged {
  if (value === UNKNOWN) return open(`${path} is not known yet, and not marked secret`);
  if (value === undefined || value === null || isSecret(value)) return pass;
  if (!isObject(value) && !Array.isArray(value)) return fail(`${path} is not marked secret`);
  return allVerdicts(Object.entries(value).map(([key, item]) => marked(item as Value, `${path}.${key}`)));
}

/** As {@link marked}, of the value at a path, where a mark on the way to it counts. */
function markedAt(value: Value | undefined, [key, ...rest]: readonly string[], path: string): Judged {
  if (key === undefined || !isObject(value) || isSecret(value)) return marked(value, path);
  return markedAt((value as Properties)[key], rest, path);
}

const secretsMarked: Condition = (at, context) =>
  allVerdicts(
    (secretInputs[at.resource.type] ?? []).map((path) => {
      const keys = path.split(".");
      const condition: Condition = ({ resource }) => markedAt(resource.inputs, keys, path);
      return settledBy(condition, keys[0] as string, ...generators)(at, context);
    }),
  );

function judged(...values: readonly Value[]): Judged {
  const all = values.map(openSecrets);
  const found = all.flatMap((each) => each.found);
  const unknown = all.flatMap((each) => each.unknown);
  if (found.length > 0) return fail([...new Set(found)].join("; "));
  return unknown.length > 0 ? open(`${unknown.join(" and ")} is not known yet, and not marked secret`) : pass;
}

const outsideOf = (properties: Properties, left: readonly string[]) =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => !left.includes(key)));

/** Inputs and outputs, without what SEC-02 judges. */
function ofResource({ type, inputs, outputs }: Resource): Judged {
  const left = (secretInputs[type] ?? []).map((path) => path.replace(/\..*/, ""));
  return judged(outsideOf(inputs, left), outsideOf(outputs, left));
}

function* nothingOpen({ resources, urn: own }: Stack): Iterable<Finding> {
  for (const resource of resources)
    if (resource.urn !== own) yield { urn: resource.urn, ...ofResource(resource) };
}

function* outputsSealed(stack: Stack): Iterable<Finding> {
  for (const { urn, outputs } of stack.of("pulumi:pulumi:Stack"))
    if (Object.keys(outputs).length > 0) yield { urn, ...judged(outputs) };
}

const row = { severity: "critical", environments: "all" } as const;

/** Rules on what Pulumi knows to be secret, and so encrypts in the state. */
export const secretMarksRules: readonly Rule[] = [
  {
    ...row,
    id: "SEC-01",
    name: "no-open-secret",
    scope: "stack",
    description: "No property that is plain in the state holds a key, a token or a password.",
    remediation:
      "Wrap the value in pulumi.secret where it enters the program, or let a resource of random or tls make it.",
    deviation:
      "A text without a known form counts where its property is named like a secret: random texts of " +
      "other names are ids and digests. What a preview does not know is no literal, and is left open " +
      "where it is named so.",
    check: nothingOpen,
  },
  {
    ...row,
    id: "SEC-02",
    name: "secret-inputs-marked",
    scope: "resource",
    types: Object.keys(secretInputs),
    description: "Inputs that are secrets are marked so, and are encrypted in the state.",
    remediation: "Wrap the input in pulumi.secret.",
    deviation: "Judged in each plan and state, which does not take two stacks.",
    check: secretsMarked,
  },
  {
    ...row,
    id: "SEC-05",
    name: "outputs-sealed",
    scope: "stack",
    description: "No output of the stack shows a secret.",
    remediation: "Wrap the output in pulumi.secret in stacks/environment.ts, or leave it out.",
    check: outputsSealed,
  },
];
