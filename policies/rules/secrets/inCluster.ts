import { UNKNOWN } from "../../../protocol/properties";
import { parseUrn } from "../../../protocol/urn";
import { allOf, anyOf, every, is, matchesNot, not, set, unset } from "../../conditions";
import { inContainers, podTypes } from "../../pods";
import type { Condition, Rule, RuleText } from "../../rule";
import { secretName } from "../../secretForms";
import { read } from "../../values";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";

const generated = /^(random|tls|gitlab):/;

/** The values under a key were made by Pulumi for this environment, and are no literals. */
const made =
  (key: string): Condition =>
  ({ resource }): Judged => {
    const value = read(resource.inputs, key);
    if (value === undefined) return pass;
    const from = resource.propertyDependencies[key] ?? [];
    if (from.length > 0 && from.every((urn) => generated.test(parseUrn(urn).type))) return pass;
    return value === UNKNOWN && from.length === 0
      ? open(`${key} is not known yet`)
      : fail(`${key} holds what no resource of random, tls or gitlab made`);
  };

/** Nothing is written under a key; what is may be a secret, whatever it is called, and is not shown. */
const empty = (key: string) => not(set(key), `${key} is written from the program`);

/** On Azure the vault holds secrets; a cluster elsewhere has none that every team has too. */
const fromVault: Condition = (at, context) =>
  allVerdicts(
    ["data", "stringData"].map((key) =>
      (context.environment?.target === "kubernetes" ? made(key) : empty(key))(at, context),
    ),
  );

const variables = {
  id: "SEC-04",
  parameters: {
    byEnvironment: {
      type: "array",
      items: { type: "string" },
      description: "Secrets that programs take from their environment, by reference to a Secret.",
      default: [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AZURE_STORAGE_CONNECTION_STRING",
        "ECLUSE_SESSION_KEY",
        "OAUTH2_PROXY_CLIENT_SECRET",
        "OAUTH2_PROXY_COOKIE_SECRET",
        "PGPASSWORD",
        "ROOT_ACCESS_KEY_ID",
        "ROOT_SECRET_ACCESS_KEY",
      ],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

/** A variable is no literal secret, and refers to a Secret only where its program wants it so. */
const variable: Condition = (at, context) => {
  const listed = is("name", ...context.parameter<readonly string[]>(variables, "byEnvironment"));
  return allOf(
    anyOf(matchesNot("name", secretName, "a name of no secret"), unset("value")),
    anyOf(unset("valueFrom.secretKeyRef"), listed),
  )(at, context);
};

/** Rules on how secrets come to pods. */
export const secretsInClusterRules: readonly Rule[] = [
  {
    id: "SEC-03",
    name: "no-literal-secrets",
    scope: "resource",
    types: ["kubernetes:core/v1:Secret"],
    severity: "high",
    environments: "all",
    description:
      "No Secret is written from the program: pods on Azure mount the vault's, and elsewhere they hold " +
      "what Pulumi had made.",
    remediation:
      "Keep it in Key Vault (components/azure/vaultSecrets.ts); on a team's own cluster name a Secret " +
      "that somebody else keeps.",
    deviation:
      "A team's own cluster may have no vault: there a Secret may hold what a resource of random, tls or " +
      "gitlab made for it.",
    check: fromVault,
  },
  {
    ...variables,
    name: "secrets-not-in-variables",
    scope: "resource",
    types: podTypes,
    severity: "medium",
    environments: "all",
    description:
      "No container has a secret in its environment, but for those that its program takes no other way.",
    remediation:
      "Mount the Secret as a file, or list the variable in policies/config.json with those that programs want so.",
    deviation:
      "This platform hands a secret over by environment, never by a file that other processes read " +
      "(docs/architecture.md); each such variable is listed, and a literal is never right.",
    check: allOf(inContainers(every("env", variable)), inContainers(every("envFrom", unset("secretRef")))),
  },
];
