import { platformPathOf } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { is, set, settledBy } from "../../conditions";
import { isProject, type Served, servedOf, trustedProject, useCaseProjects } from "../../forges";
import { coversName, gitlabType } from "../../gitlab";
import { credentialType, identityType } from "../../identities";
import type { Stacks } from "../../notShared";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { AcrossRule, Condition, Finding } from "../../rule";
import type { KeysOf } from "../../stack";
import { read } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass, passOn } from "../../verdict";

const storeType = "azure-native:storage:StorageAccount";

/** The cloud whose identities jobs become; in production alone, since elsewhere jobs run code of any branch. */
const cloudOf = ({ environment: { tier, azure } }: Served) => (tier === "production" ? azure : undefined);

/**
 * The CI variables by which jobs of a use case find the environment: those that templates/ and what runs there read.
 */
function variablesOf(client: Served, useCase: string): Readonly<Record<string, Condition>> {
  const cloud = cloudOf(client);
  return {
    ECLUSE_ENVIRONMENT: is("value", client.environment.environment),
    ECLUSE_USE_CASE: is("value", useCase),
    ECLUSE_DATA_URL: settledBy(set("value"), "value", storeType),
    MLFLOW_TRACKING_URI: set("value"),
    MLFLOW_WORKSPACE: is("value", useCase),
    ...(cloud && {
      ECLUSE_AZURE_CLIENT_ID: settledBy(set("value"), "value", identityType),
      ECLUSE_AZURE_TENANT_ID: is("value", cloud.tenantId),
    }),
  };
}

const keyOf: KeysOf = ({ inputs }) => {
  const key = read(inputs, "key");
  return key === UNKNOWN ? undefined : [String(key)];
};

/**
 * The variable is the one of this key that jobs of the project see in the environment; GitLab shows one without a
 * scope in all.
 */
function isFor(client: Served, variable: Resource, path: string, key: string): Judged {
  const { inputs } = variable;
  const scope = read(inputs, "environmentScope");
  return allVerdicts([
    judged(is("key", key), variable, client.context),
    isProject(client, read(inputs, "project"), path),
    scope === undefined ? pass : coversName(inputs, "environmentScope", client.environment.environment),
  ]);
}

function judgeVariable(client: Served, path: string, key: string, expected: Condition): Judged {
  const found = client.stack
    .by(gitlabType("ProjectVariable"), keyOf)
    .of([key])
    .flatMap((each) => {
      const own = isFor(client, each, path, key);
      return own.verdict === "fail" ? [] : [allVerdicts([own, judged(expected, each, client.context)])];
    });
  const any = anyVerdict(found);
  if (any.verdict === "pass") return passOn(() => `${path} has ${key}`);
  const missing = `${path} has no variable ${key} for ${client.environment.environment}`;
  return found.length === 0 ? fail(missing) : { ...any, why: `${key} of ${path}: ${any.why}` };
}

/** An identity of the environment trusts jobs of the project. */
function judgeTrusting(client: Served, path: string): Judged {
  const found = client.stack.of(credentialType).map((each) => {
    const project = trustedProject(each);
    const own = project === UNKNOWN ? open("subject is not known yet") : project === path ? pass : fail("");
    return allVerdicts([own, judged(is("issuer", client.forge.settings.url), each, client.context)]);
  });
  const trusting = anyVerdict(found, `no identity trusts the jobs of ${path}`);
  return trusting.verdict === "pass" ? passOn(() => `jobs of ${path} are trusted`) : trusting;
}

function* jobsConfiguredAndTrusted(stacks: Stacks): Iterable<Finding> {
  for (const client of servedOf(stacks)) {
    const { stack, environment, gitlab } = client;
    const useCases = useCaseProjects(client);
    const configured = useCases.flatMap(([name, path]) =>
      Object.entries(variablesOf(client, name)).map(([key, expected]) =>
        judgeVariable(client, path, key, expected),
      ),
    );
    // Without a runner of the environment no pod of it releases, and none has an identity for that.
    const released = environment.cluster?.runner ? [platformPathOf(gitlab.group)] : [];
    const trusted = cloudOf(client) ? [...useCases.map(([, path]) => path), ...released] : [];
    const trusting = trusted.map((path) => judgeTrusting(client, path));
    yield { urn: stack.urn, ...allVerdicts([...configured, ...trusting]) };
  }
}

/** The rule on the CI variables of an environment, and on which jobs its cloud trusts. */
export const ciVariableRules: readonly AcrossRule[] = [
  {
    id: "FRG-09",
    name: "jobs-configured-and-trusted",
    scope: "across",
    severity: "high",
    environments: "all",
    description:
      "Jobs of each use case get the CI variables of their environment. Production's cloud trusts them " +
      "and the platform's releases.",
    remediation:
      "Run `up` of the environment's stack: components/gitlab/projectEnvironment.ts makes the variables, " +
      "components/azure/identities.ts the trust.",
    check: jobsConfiguredAndTrusted,
  },
];
