import { workloadIssuer } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { allOf, anyOf, is, not, set, settledBy } from "../../conditions";
import { notShared, type OwnedKey, type Stacks } from "../../notShared";
import type { AcrossRule, Condition, ResourceRule } from "../../rule";
import { read, text } from "../../values";
import { fail, type Judged, open, pass } from "../../verdict";

const local = (...names: string[]) => names.map((name) => `ecluse-local:index:${name}`);
const where = "components/local";

/** A condition on the environment's name; the one of the forge's stack is `forge`. */
const own =
  (condition: (name: string) => Condition): Condition =>
  (at, context) => {
    const name = context.settings?.kind === "forge" ? "forge" : context.environment?.environment;
    return name === undefined
      ? open("no settings say which environment the stack is")
      : condition(name)(at, context);
  };

/** The part of the identity document (docs/architecture.md) that must belong to one environment. */
interface Identity {
  readonly environment?: string;
  readonly audience?: string;
  readonly issuers?: readonly { readonly kind: string; readonly issuer: string }[];
}

function judgeIdentity(name: string, { environment, audience, issuers = [] }: Identity): Judged {
  if (environment !== name) return fail(`env.ECLUSE_IDENTITY is of ${environment}, and must be of ${name}`);
  if (!audience?.startsWith(`ecluse-${name}-`))
    return fail(`env.ECLUSE_IDENTITY takes tokens for ${audience}`);
  const strange = issuers.find(({ kind, issuer }) => kind === "workload" && issuer !== workloadIssuer(name));
  return strange ? fail(`env.ECLUSE_IDENTITY trusts workloads of ${strange.issuer}`) : pass;
}

const ownIdentity =
  (name: string): Condition =>
  ({ value }) => {
    const document = read(value, "env.ECLUSE_IDENTITY");
    if (document === UNKNOWN) return open("env.ECLUSE_IDENTITY is not known yet");
    return document === undefined ? pass : judgeIdentity(name, JSON.parse(String(document)) as Identity);
  };

/** What each stack has of the machine; a port that nobody fixed is chosen free. */
function* claims({ stack }: Stacks[number]): Iterable<OwnedKey> {
  const of = (type: string) => stack.of(...local(type));
  const seen = new Set<string>();
  for (const { urn, inputs } of [...of("ProcessManager"), ...of("BlobContainer")])
    for (const key of ["environment", "account"]) {
      const value = read(inputs, key);
      const name = text(inputs, key);
      if (value === undefined || seen.has(`${key} ${name}`)) continue;
      seen.add(`${key} ${name}`);
      yield { urn, key: name && `${key} ${name}` };
    }
  for (const { urn, inputs, outputs } of of("Port")) {
    const number = read(outputs, "port") ?? read(inputs, "wanted");
    yield { urn, key: typeof number === "number" ? `port ${number}` : urn };
  }
}

const row = { scope: "resource", environments: "all" } as const;

/** Rules on how environments of one machine stay apart. */
export const localEnvironmentsRules: readonly (ResourceRule | AcrossRule)[] = [
  {
    ...row,
    id: "LOC-05",
    name: "own-environment",
    types: local("DataFolder", "Port", "PostgresCluster", "ProcessManager", "Service", "Task"),
    severity: "critical",
    description: "Every process, folder and port has the environment of its stack.",
    remediation: `Make it by the scope of the environment (${where}/scope.ts).`,
    check: own((name) => is("environment", name)),
  },
  {
    ...row,
    id: "LOC-07",
    name: "workloads-of-own-environment",
    types: local("WorkloadTrust"),
    severity: "critical",
    description: "The forge trusts an environment's workloads as that environment's, by its own key.",
    remediation: `Make the trust by ForgeTrust (${where}/forge.ts).`,
    check: allOf(
      own((name) => allOf(is("environment", name), is("issuer", workloadIssuer(name)))),
      settledBy(set("jwks.keys"), "jwks", ...local("Keypair")),
    ),
  },
  {
    ...row,
    id: "LOC-08",
    name: "servers-trust-own-environment",
    types: local("Service", "Task"),
    severity: "critical",
    description: "Servers trust tokens that were made for their own environment only.",
    remediation: "Let identityOf of components/environment.ts make ECLUSE_IDENTITY.",
    check: allOf(
      own((name) =>
        anyOf(not(set("env.ECLUSE_ENVIRONMENT"), "it is of one"), is("env.ECLUSE_ENVIRONMENT", name)),
      ),
      // What is not made yet comes from the stack's own keys, and from the forge.
      settledBy(own(ownIdentity), "env", ...local("Keypair", "Port"), "pulumi:pulumi:StackReference"),
    ),
  },
  {
    scope: "across",
    environments: "all",
    id: "LOC-11",
    name: "nothing-of-a-machine-shared",
    severity: "critical",
    description: "No two stacks of one machine have the same environment, blob account or port.",
    remediation: "Give ecluse:environment and ecluse:ports of each stack's file values of their own.",
    check: (stacks) => notShared(stacks, claims, "the"),
  },
];
