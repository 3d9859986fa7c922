import { UNKNOWN } from "../../../protocol/properties";
import { isNamed } from "../../azure";
import { at, atLeast, every, given, implies, is, not } from "../../conditions";
import { byName, type Companion, eachHas, has, narrowed } from "../../relations";
import type { Condition, Rule } from "../../rule";
import { items, text } from "../../values";
import { allVerdicts, fail, open, pass } from "../../verdict";

const account = "azure-native:storage:StorageAccount";

const containers = {
  type: "array",
  items: { type: "string" },
  description: "Containers that hold released models.",
  default: ["artifacts"],
} as const;
const immutable = {
  id: "ST-13",
  parameters: {
    containers,
    days: {
      type: "number",
      description: "Days for which nobody can delete a version, at least; six months by the AI Act.",
      default: 180,
    },
  },
} as const;
const lifecycle = { id: "ST-17", parameters: { containers } } as const;

const ofContainer = narrowed(byName("containerName"), (_stack, from, to) => {
  const [own, its] = [text(from.inputs, "accountName"), text(to.inputs, "accountName")];
  const elsewhere = own !== undefined && its !== undefined && own.toLowerCase() !== its.toLowerCase();
  return elsewhere ? fail("it is of another account") : pass;
});
const immutability: Companion = {
  type: "azure-native:storage:BlobContainerImmutabilityPolicy",
  relation: ofContainer,
  check: given(immutable, "days", (days: number) => atLeast("immutabilityPeriodSinceCreationInDays", days)),
  sole: true,
  missing: "the container has no immutability policy",
};

/** None of the prefixes of a lifecycle rule is one of these containers', nor so short that it holds one. */
const spares =
  (names: readonly string[]): Condition =>
  (from) => {
    const prefixes = items(from.value, "filters.prefixMatch");
    if (prefixes === undefined) return open("filters.prefixMatch is not known yet");
    if (prefixes.length === 0) return fail("it has no prefixMatch, so that it is about every blob");
    const hit = (prefix: string) =>
      names.some((name) => prefix.startsWith(`${name}/`) || `${name}/`.startsWith(prefix));
    const found = prefixes.find((prefix) => hit(String(prefix)));
    if (found !== undefined) return fail(`its prefix ${String(found)} is about models`);
    return prefixes.includes(UNKNOWN) ? open("a prefix is not known yet") : pass;
  };

const deletes: Condition = (from, context) =>
  at("actions.baseBlob.delete", ({ value }) => (value === undefined ? fail("it deletes nothing") : pass))(
    from,
    context,
  );

const keepsModels = given(lifecycle, "containers", (names: readonly string[]) =>
  every(
    "policy.rules",
    implies(not(is("enabled", false), "it is off"), at("definition", implies(deletes, spares(names)))),
  ),
);

/** Rules on the containers that hold released models. */
export const storageModelsRules: readonly Rule[] = [
  {
    ...immutable,
    name: "models-immutable",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "Nobody can delete or change the bytes of a released model for a time.",
    remediation:
      "Keep immutableStorageWithVersioning and the immutability policy of the container " +
      "(components/azure/store.ts), or name the container of ST-13 in policies/config.json.",
    deviation: "An account without any of the named containers fails: models would be stored elsewhere.",
    *check(stack, context) {
      const names = context.parameter<readonly string[]>(immutable, "containers");
      const container = (name: string): Companion => ({
        type: "azure-native:storage:BlobContainer",
        relation: byName("accountName"),
        which: isNamed("containerName", name),
        check: (from) =>
          allVerdicts([
            is("immutableStorageWithVersioning.enabled", true)(from, context),
            has(stack, context, from.resource, immutability),
          ]),
        missing: `no container is named ${name}`,
      });
      yield* eachHas(account, ...names.map(container))(stack, context);
    },
  },
  {
    ...lifecycle,
    name: "lifecycle-spares-models",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "Old blobs are deleted in time, and the current version of a model never.",
    remediation:
      "Name the prefixes of what may go in components/azure/storeLifecycle.ts, none of them a container of models.",
    check: eachHas(account, {
      type: "azure-native:storage:ManagementPolicy",
      relation: byName("accountName"),
      check: keepsModels,
      sole: true,
      missing: "the account has no ManagementPolicy",
    }),
  },
];
