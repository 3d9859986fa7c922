import { expect, test } from "vitest";
import { endpointsOf, logsOf, ofType, type Registered, registeredBy, standsOf } from "./fixture";
import { Registry } from "./registry";

const registryOf = async (environment: "dev" | "prod") => {
  const all = await registeredBy(() => {
    const { asked, ...given } = standsOf({ environment });
    new Registry("own-registry", { ...given, zones: asked.azure.nodes.zones });
  });
  return {
    ...(ofType(all, "containerregistry:Registry")[0] as Registered),
    endpoints: endpointsOf(all),
    logs: logsOf(all),
  };
};

test("production's registry is closed to all but the network, and keeps what was deleted", async () => {
  const { inputs, protect, endpoints, logs } = await registryOf("prod");
  expect(inputs).toMatchObject({
    sku: { name: "Premium" },
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    publicNetworkAccess: "Disabled",
    networkRuleSet: { defaultAction: "Deny", ipRules: [] },
    zoneRedundancy: "Enabled",
    policies: {
      exportPolicy: { status: "disabled" },
      softDeletePolicy: { status: "enabled", retentionDays: 30 },
      retentionPolicy: { status: "disabled" },
      quarantinePolicy: { status: "disabled" },
    },
  });
  expect([protect, endpoints]).toEqual([true, [["registry", "registry", "own-registry"]]]);
  const categories = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"];
  expect(logs).toEqual([["azure-native:containerregistry:Registry/own-registry", categories]]);
});

test("development's is the cheapest, and knows no passwords and no strangers either", async () => {
  const { inputs, endpoints } = await registryOf("dev");
  expect(inputs).toMatchObject({
    sku: { name: "Basic" },
    adminUserEnabled: false,
    anonymousPullEnabled: false,
  });
  expect(endpoints).toEqual([]);
});
