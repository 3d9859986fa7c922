import { expect, test } from "vitest";
import { registry } from "./registry";
import { contextOf, fakeNetwork } from "./rolesFixture";
import { only, registeredBy } from "./rolesRecorder";

const registryOf = async (environment: "dev" | "prod") => {
  const all = await registeredBy(() => {
    registry(contextOf({ environment }), fakeNetwork());
  });
  return {
    ...only(all, "Registry"),
    endpoints: all.filter(({ name }) => name === "endpoint-registry").length,
  };
};

test("production's registry is closed to all but the network, and keeps what was deleted", async () => {
  const { inputs, protect, endpoints } = await registryOf("prod");
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
  expect([protect, endpoints]).toEqual([true, 1]);
});

test("development's is the cheapest, and knows no passwords and no strangers either", async () => {
  const { inputs, endpoints } = await registryOf("dev");
  expect(inputs).toMatchObject({
    sku: { name: "Basic" },
    adminUserEnabled: false,
    anonymousPullEnabled: false,
  });
  expect(endpoints).toBe(0);
});
