import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import { Cluster, type ClusterArgs } from "./cluster";
import type { AzureContext } from "./context";
import { Monitoring } from "./monitoring";
import { contextOf, fakeNetwork } from "./rolesFixture";
import { only, type Registered, registeredBy } from "./rolesRecorder";

const kubeconfig = "users: [{name: user, user: {token: t0p-secret}}]";
/** What was asked of Azure while a program ran. */
export const asked: pulumi.runtime.MockCallArgs[] = [];

/** What a test changes of an environment and of its cluster's arguments. */
export interface Change {
  readonly azure?: Partial<AzureContext["azure"]>;
  readonly args?: () => Partial<ClusterArgs>;
}

/** What a cluster registers; `made` holds the component. */
export async function cluster(environment: "dev" | "prod", { azure, args }: Change = {}) {
  let made: Cluster | undefined;
  const program = () => {
    const base = contextOf({ environment });
    const context = { ...base, azure: { ...base.azure, ...azure } };
    const network = { ...fakeNetwork(), apiServerSubnetId: pulumi.output("/subnets/apiServer") };
    const monitoring = new Monitoring("monitoring", context, network);
    const given = { context, network, monitoring, registryId: "/registry", ...args?.() };
    made = new Cluster("cluster", given);
  };
  const all = await registeredBy(program, (call) => {
    asked.push(call);
    return { kubeconfigs: [{ name: "user", value: Buffer.from(kubeconfig).toString("base64") }] };
  });
  const { inputs, ...options } = only(all, "ManagedCluster");
  return { all, inputs, options, made: made as unknown as Cluster };
}

/** Every role as role id, kind of principal, principal and scope; each must say what it is for. */
export const roles = (all: readonly Registered[]) =>
  all
    .filter(({ type }) => type.endsWith(":RoleAssignment"))
    .map(({ inputs: { roleDefinitionId, scope, principalType, principalId, description } }) => {
      expect(description).toMatch(/\.$/);
      return [roleDefinitionId.split("/").at(-1), principalType, principalId, scope];
    });

/** Settings of nodes, for tests that change one. */
export const nodes = {
  kubernetesVersion: "1.34",
  systemSize: "Standard_D2as_v5",
  userSize: "Standard_D4as_v5",
  maxUserNodes: 3,
  zones: [],
};
