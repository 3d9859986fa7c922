import { UNKNOWN } from "../../../protocol/properties";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import { Stack } from "../../stack";
import { read } from "../../values";
import { fail, open, pass } from "../../verdict";

const vault = "azure-native:keyvault:Vault";
const inText = /\/Microsoft\.KeyVault\/vaults\/([\w-]+)|https:\/\/([\w-]+)\.vault\.azure\.net/gi;

/** The vaults that a resource names: by id, by URL, or by name. */
function vaultsIn(resource: Resource): readonly string[] {
  return Stack.texts(resource.inputs).flatMap(([path, text]) => {
    const found = [...text.matchAll(inText)].map(([, id, url]) => id ?? url ?? "");
    return (/(^|\.)(key)?vaultName$/i.test(path) ? [...found, text] : found).map((name) =>
      name.toLowerCase(),
    );
  });
}

/** The first resource of a stack that names each vault. */
function vaultsOf(stack: Stack): ReadonlyMap<string, Resource> {
  const first = new Map<string, Resource>();
  for (const resource of stack.resources)
    for (const name of vaultsIn(resource)) if (!first.has(name)) first.set(name, resource);
  return first;
}

/** The rule on vaults that stacks must not share. */
export const vaultSharedRules: readonly Rule[] = [
  {
    id: "KV-09",
    name: "vault-of-one-environment",
    scope: "across",
    severity: "high",
    environments: "all",
    description: "Each environment has its vault, which no other names.",
    remediation:
      "Give each stack its own ecluse:azure.instance or ecluse:environment, from which the vault is named.",
    *check(stacks): Iterable<Finding> {
      const all = stacks.map(({ stack }) => ({ stack, vaults: vaultsOf(stack) }));
      for (const { stack, vaults } of all) {
        for (const [name, { urn }] of vaults) {
          const other = all.find((each) => each.stack !== stack && each.vaults.has(name));
          yield { urn, ...(other ? fail(`vault ${name} is also of ${other.stack.name}`) : pass) };
        }
        for (const made of stack.of(vault))
          if (read(made.inputs, "vaultName") === UNKNOWN)
            yield { urn: made.urn, ...open("vaultName is not known yet") };
      }
    },
  },
];
