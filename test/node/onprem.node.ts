import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addresses, context, kubeconfig } from "../../cluster/addresses";
import type { Client } from "../../cluster/client";
import { administrator } from "../../cluster/controlPlane";
import { clusterStatus } from "../../cluster/status";
import { eventually } from "../../local/eventually";
import { cliProject } from "../cli/project";
import { Pulumi } from "../cli/pulumi";
import type { Checkout } from "../graphs/checkout";
import { digestsFile } from "./digests";

const obstacle = inject("noNode");
const stack = "onprem-dev";
const file = `Pulumi.${stack}.yaml`;

/** The program with the values of this cluster, as docs/kubernetes.md asks for them. */
function project(): Checkout {
  const checkout = cliProject(inject("providers"));
  checkout.edit(file, `context: ${stack}`, `context: ${context}`);
  checkout.edit(file, "apiServerRange: 192.0.2.4/30", `apiServerRange: ${addresses.node}/32`);
  checkout.edit(file, "egressRanges: [192.0.2.10/32]", `egressRanges: [${addresses.machine}/32]`);
  // Nothing here makes certificates for hosts outside: their Secrets are a team's own.
  checkout.edit(file, "    certificateIssuer: company-ca\n", "");
  checkout.write("images/digests.yaml", digestsFile());
  return checkout;
}

/** Publishes an address on each Ingress, as its controller does: `up` waits for that. */
function publishAddresses(client: Client): () => void {
  const timer = setInterval(async () => {
    for (const ingress of await client.list("networking.k8s.io/v1", "Ingress").catch(() => []))
      if (!ingress.status?.loadBalancer?.ingress)
        await client
          .writeStatus({
            apiVersion: "networking.k8s.io/v1",
            kind: "Ingress",
            metadata: { name: ingress.metadata.name, namespace: `${ingress.metadata.namespace}` },
            status: { loadBalancer: { ingress: [{ ip: addresses.node }] } },
          })
          .catch(() => {});
  }, 2000);
  return () => clearInterval(timer);
}

const title = obstacle ? `${stack} as pods (skipped: ${obstacle})` : `${stack} as pods`;

describe(title, { skip: obstacle !== undefined }, () => {
  let checkout: Checkout;
  let cli: Pulumi;
  let client: Client;
  let stopPublishing: () => void;

  beforeAll(async () => {
    checkout = project();
    client = administrator();
    stopPublishing = publishAddresses(client);
    cli = new Pulumi(inject("pulumiHome"), checkout.projectDir, { KUBECONFIG: kubeconfig });
    await cli.init(stack);
  });
  afterAll(() => {
    stopPublishing?.();
    cli?.remove();
    checkout?.remove();
  });

  it("makes its namespaces first, as the docs say", async () => {
    const targets = ["--target", "**ecluse:*:*::*", "--target", "**IsolatedNamespace**"];
    await cli.change("up", stack, ...targets);
    const names = (await client.list("v1", "Namespace")).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(["dev-platform", "dev-data", "dev-bank-churn"]));
    await client.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "people", namespace: "dev-platform" },
      stringData: { "client-secret": "of no application" },
    });
  });

  it("comes up whole by the real CLI and the real Kubernetes provider", async () => {
    await cli.change("up", stack);
  });

  it("has every pod ready", async () => {
    const ready = await eventually(async () => {
      const { pods } = await clusterStatus();
      const own = pods.filter(({ namespace }) => namespace.startsWith("dev-"));
      return own.every(({ ready }) => ready) && own;
    }, 180);
    const names = ready.map(({ namespace, name }) => `${namespace}/${name}`).sort();
    console.log(names.join("\n"));
    for (const expected of [/data\/database-1$/, /data\/objects-0$/, /platform\/tracking-/, /churn\/serve-/])
      expect(
        names.some((name) => expected.test(name)),
        `${expected}`,
      ).toBe(true);
  });

  it("is not changed by a second up", async () => {
    const { create, update, replace } = await cli.change("up", stack);
    expect({ create, update, replace }).toEqual({});
  });
});
