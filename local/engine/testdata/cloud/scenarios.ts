import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as azure from "@pulumi/azure-native/provider";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

/** Of a provider whose SDK is not there, as of `@pulumi/random`. */
class Password extends pulumi.CustomResource {
  declare readonly result: pulumi.Output<string>;
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    const options = { ...opts, additionalSecretOutputs: ["result"] };
    super("random:index/randomPassword:RandomPassword", name, { length: 20, result: undefined }, options);
  }
}

class Random extends pulumi.ProviderResource {
  constructor() {
    super("random", "random", {});
  }
}

/** An account with a container, as a component would hold them. */
class Store extends pulumi.ComponentResource {
  readonly account: storage.StorageAccount;
  readonly endpoint: pulumi.Output<string>;
  constructor(provider: azure.Provider, groupName: pulumi.Input<string>) {
    super("fixture:index:Store", "store", {}, { provider });
    const options = { parent: this, provider };
    this.account = new storage.StorageAccount(
      "account",
      {
        accountName: config.get("account") ?? "stfixture",
        resourceGroupName: groupName,
        kind: "StorageV2",
        sku: { name: config.get("sku") ?? "Standard_ZRS" },
        networkRuleSet: {
          defaultAction: "Deny",
          ipRules: [{ iPAddressOrRange: config.get("range") ?? "10.0.0.1" }],
        },
        tags: { owner: config.get("owner") ?? "team" },
      },
      {
        ...options,
        protect: config.get("protect") !== "false",
        replaceOnChanges: ["accountName", "networkRuleSet.ipRules[*].iPAddressOrRange"],
        ignoreChanges: ["sku"],
        retainOnDelete: true,
      },
    );
    this.endpoint = this.account.primaryEndpoints.blob;
    const container = { containerName: "data", accountName: this.account.name, resourceGroupName: groupName };
    new storage.BlobContainer("data", container, {
      ...options,
      protect: true,
      replaceOnChanges: ["accountName"],
    });
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

function cluster(provider: azure.Provider, groupName: pulumi.Input<string>) {
  const made = new containerservice.ManagedCluster(
    "cluster",
    { resourceName: "aks", resourceGroupName: groupName, oidcIssuerProfile: { enabled: true } },
    { provider, aliases: [{ name: "former-cluster" }] },
  );
  const credentials = containerservice.listManagedClusterUserCredentialsOutput(
    { resourceGroupName: groupName, resourceName: made.name },
    { provider },
  );
  const kubeconfig = credentials.kubeconfigs.apply(([first]) => atob(first?.value ?? ""));
  return { issuer: made.oidcIssuerProfile.apply((profile) => profile?.issuerURL), kubeconfig, made };
}

function workloads(provider: k8s.Provider, count: number, issuer: pulumi.Output<string | undefined>) {
  const namespace = new core.Namespace("platform", { metadata: { name: "dev-platform" } }, { provider });
  const metadata = (name: string) => ({ name, namespace: namespace.metadata.name });
  const password = new Password("password", { provider: new Random() });
  new core.Secret(
    "login",
    { metadata: metadata("login"), stringData: { password: password.result } },
    { provider },
  );
  for (let at = 0; at < count; at += 1) {
    const labels = { app: `server-${at}` };
    const env = [{ name: "ISSUER", value: pulumi.interpolate`${issuer}` }];
    const template = {
      metadata: { labels },
      spec: { containers: [{ name: "server", image: "server", env }] },
    };
    const spec = { selector: { matchLabels: labels }, template };
    new apps.Deployment(`server-${at}`, { metadata: metadata(`server-${at}`), spec }, { provider });
  }
  return password;
}

/** The programs that the tests plan, by the config key `scenario`. */
export const scenarios: Record<string, (provider: azure.Provider) => unknown> = {
  environment(provider) {
    const group = new resources.ResourceGroup(
      "group",
      {
        resourceGroupName: "rg-fixture",
        location: "westeurope",
        tags: { owner: config.get("owner") ?? "team" },
      },
      { provider },
    );
    const store = config.get("store") === "none" ? undefined : new Store(provider, group.name);
    const { issuer, kubeconfig, made } = cluster(provider, group.name);
    const kubernetes = new k8s.Provider(
      "kubernetes",
      { kubeconfig: pulumi.secret(kubeconfig) },
      { dependsOn: [made] },
    );
    const password = workloads(kubernetes, Number(config.get("servers") ?? 1), issuer);
    return { issuer, endpoint: store?.endpoint, password: password.result, kubeconfig };
  },
  known(provider) {
    const group = resources.ResourceGroup.get("group", "/subscriptions/s/resourceGroups/rg", { provider });
    return { id: group.id, location: group.location };
  },
  refusing(provider) {
    pulumi.runtime.registerStackTransformation(({ type }) => {
      if (type.startsWith("azure-native:storage:")) throw new pulumi.RunError("storage must be protected");
      return undefined;
    });
    new Store(provider, "rg");
  },
  renaming(provider) {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type === "azure-native:resources:ResourceGroup"
        ? { props: { ...props, tags: { by: "transformation" } }, opts }
        : undefined,
    );
    new resources.ResourceGroup("group", { resourceGroupName: "rg" }, { provider });
  },
};
