import { reveal, UNKNOWN, type Value } from "../../../protocol/properties";
import type { Context } from "../../context";
import { notShared, type OwnedKey, type Stacks } from "../../notShared";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import { openTexts } from "../../secretForms";
import type { Stack } from "../../stack";
import { read } from "../../values";
import { fail, type Judged, open, pass, passOn } from "../../verdict";

type Subject = Stacks[number];

/** By type the outputs that are secrets made for the stack. */
const generated: Readonly<Record<string, readonly string[]>> = {
  "random:index/randomBytes:RandomBytes": ["base64"],
  "random:index/randomPassword:RandomPassword": ["result"],
  "tls:index/privateKey:PrivateKey": ["privateKeyPem"],
  "ecluse-local:index:Keypair": ["privateKey"],
  "ecluse-local:index:RandomSecret": ["value"],
};

/** By type the inputs that are secrets, which a stack may also have been given. */
const given: Readonly<Record<string, readonly string[]>> = {
  "azure-native:keyvault:Secret": ["properties.value"],
  "kubernetes:core/v1:Secret": ["data", "stringData"],
};

// Shorter texts beside secrets are names, such as a user's.
const shortest = 16;

function* keysOf(urn: string, value: Value | undefined, own: boolean): Iterable<OwnedKey> {
  for (const [, text] of openTexts(reveal(value ?? null)))
    if (text === UNKNOWN) yield { urn, key: own ? urn : undefined };
    else if (text.length >= shortest) yield { urn, key: text };
}

/** What is not made yet is made for the stack alone, and so is what comes from that. */
const comesFromOwn = (stack: Stack, resource: Resource, path: string) => {
  const from = stack.sources(resource, path.replace(/\..*/, ""));
  return from.length > 0 && from.every(({ type }) => generated[type] || type.startsWith("tls:"));
};

function* secretsOf({ stack, context }: Subject): Iterable<OwnedKey> {
  for (const resource of stack.resources) {
    for (const path of generated[resource.type] ?? [])
      yield* keysOf(resource.urn, read(resource.outputs, path) ?? UNKNOWN, !context.state);
    for (const path of given[resource.type] ?? [])
      yield* keysOf(
        resource.urn,
        read(resource.inputs, path),
        !context.state && comesFromOwn(stack, resource, path),
      );
  }
}

const byKeyService = /^(azurekeyvault|awskms|gcpkms|hashivault):\/\/./;

function judgeProvider(
  { production, settings, secretsProvider }: Context,
  others: readonly string[],
): Judged {
  if (!settings) return open("no file of the stack says what seals its state");
  if (secretsProvider === undefined && !production) return pass;
  if (!byKeyService.test(secretsProvider ?? "") && production)
    return fail(`secretsprovider is ${secretsProvider ?? "not set"}, and must be a key of a key service`);
  return others.length > 0
    ? fail(`the key that seals the state is also of ${others.join(", ")}`)
    : passOn(() => `secretsprovider is ${secretsProvider ?? "not set"}`);
}

function* sealed(stacks: Stacks): Iterable<Finding> {
  // A local stack belongs to one machine, which stores its key (docs/architecture.md).
  const shared = stacks.filter(({ context: { settings } }) => settings?.target !== "local");
  for (const { stack, context } of shared) {
    const others = shared.filter(
      (other) => other.stack !== stack && other.context.secretsProvider === context.secretsProvider,
    );
    yield {
      urn: stack.urn,
      ...judgeProvider(
        context,
        others.map((other) => other.stack.name),
      ),
    };
  }
}

const row = { scope: "across" } as const;

/** Rules on keys: each environment has its own. */
export const isolationKeysRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "ISO-05",
    name: "secrets-of-one-environment",
    severity: "critical",
    environments: "all",
    description: "No password or key of one environment is known to another.",
    remediation: "Let each stack make its own by random or tls; never carry one from stack to stack.",
    check: (stacks) => notShared(stacks, secretsOf, "its secret", () => ""),
  },
  {
    ...row,
    id: "SEC-06",
    name: "state-sealed-by-own-key",
    severity: "high",
    environments: "production",
    description: "Production's state is sealed by a key of a key service, and no two stacks have the same.",
    remediation:
      "pulumi stack init --secrets-provider azurekeyvault://…, and commit secretsprovider in the stack's " +
      "file (docs/azure.md, State).",
    deviation:
      "Key services of other clouds and Vault too: a team's own cluster may have no Azure. Not local stacks.",
    check: sealed,
  },
];
