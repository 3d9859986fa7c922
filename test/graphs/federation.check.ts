import { beforeAll, describe, expect, it } from "vitest";
import { isObject, type Properties, type Value } from "../../protocol/properties";
import { at, type Graph, graph, ofKind, ofType, type Planned, textAt } from "./plan";

const CLIENT = "azure.workload.identity/client-id";
const USE = "azure.workload.identity/use";

// The client id of each identity is made up, and another one for each: that an account carries it proves that it is
// that identity's.
describe.each(["dev", "prod"])("the federated identities of %s", (stack) => {
  let found: Graph;
  let credentials: Planned[];
  let accounts: Planned[];

  beforeAll(async () => {
    found = await graph(stack);
    credentials = ofType(found, "managedidentity:FederatedIdentityCredential");
    accounts = ofKind(found, "ServiceAccount");
  }, 240_000);

  const fromCluster = () => credentials.filter((each) => textAt(each, "subject").startsWith("system:"));
  const subjectOf = (each: Planned) =>
    `system:serviceaccount:${textAt(each, "metadata.namespace")}:${textAt(each, "metadata.name")}`;
  const identityOf = (credential: Planned) =>
    ofType(found, "managedidentity:UserAssignedIdentity").find(
      (each) => textAt(each, "resourceName") === textAt(credential, "resourceName"),
    );
  const annotated = () => accounts.filter(({ inputs }) => JSON.stringify(inputs).includes(CLIENT));
  const isRunner = (each: Planned) => textAt(each, "metadata.name") === "runner";

  it("each have the ServiceAccount that they trust, which names them", () => {
    expect(fromCluster()).toHaveLength(stack === "dev" ? 12 : 11);
    for (const credential of fromCluster()) {
      const [account, ...more] = accounts.filter((each) => subjectOf(each) === textAt(credential, "subject"));
      expect(more).toEqual([]);
      const metadata = at((account as Planned).inputs, "metadata") as Record<string, Properties>;
      expect(metadata.annotations?.[CLIENT], credential.urn).toBe(identityOf(credential)?.outputs?.clientId);
      expect(metadata.annotations?.[CLIENT]).toMatch(/^[0-9a-f-]{36}$/);
      // Whose pods get a token of their own; for a runner the CSI driver alone trades one.
      expect(metadata.labels?.[USE]).toBe(isRunner(account as Planned) ? undefined : "true");
    }
  });

  it("are trusted for by every ServiceAccount that is marked for one, and by no other", () => {
    expect(annotated().map(subjectOf).sort()).toEqual(
      fromCluster()
        .map((each) => textAt(each, "subject"))
        .sort(),
    );
  });

  it("are one of each, shared by no two", () => {
    const identities = fromCluster().map((each) => textAt(each, "resourceName"));
    expect(new Set(identities).size).toBe(identities.length);
  });

  it("reach the pods: each that runs as a marked account carries the mark itself", () => {
    const templates = (value: Value | undefined): Properties[] => {
      if (!isObject(value)) return [];
      return isObject(value.spec) && value.spec.containers
        ? [value]
        : Object.values(value).flatMap(templates);
    };
    const pods = ofKind(found).flatMap(({ inputs }) =>
      templates(inputs).map((each) => [at(inputs, "metadata.namespace"), each] as const),
    );
    expect(pods).toHaveLength(stack === "dev" ? 11 : 10);
    for (const [namespace, pod] of pods) {
      const account = at(pod, "spec.serviceAccountName");
      const subject = `system:serviceaccount:${namespace}:${account}`;
      const mark = (at(pod, "metadata.labels") as Properties)[USE];
      expect(annotated().map(subjectOf), subject).toContain(subject);
      expect(mark, subject).toBe(account === "runner" ? undefined : "true");
    }
  });

  it("trust the environment's own cluster, for Entra's audience alone", () => {
    const [cluster] = ofType(found, "containerservice:ManagedCluster");
    const issuer = at(cluster?.outputs, "oidcIssuerProfile.issuerURL");
    expect(issuer).toMatch(/^https:\/\/northeurope\.oic\.prod-aks\.azure\.com\//);
    for (const each of fromCluster()) expect(textAt(each, "issuer")).toBe(issuer);
    for (const { inputs } of credentials) expect(inputs.audiences).toEqual(["api://AzureADTokenExchange"]);
  });

  it("trust a project's protected branch in production, and no job of GitLab elsewhere", () => {
    const jobs = credentials.filter((each) => !fromCluster().includes(each));
    expect(jobs.map((each) => [textAt(each, "issuer"), textAt(each, "subject")])).toEqual(
      stack === "prod"
        ? ["bank-churn", "platform"].map((project) => [
            "https://gitlab.example.com",
            `project_path:ecluse/${project}:ref_type:branch:ref:main`,
          ])
        : [],
    );
  });

  it("say by an output what a use case's own jobs log in as, where there is an identity for them", () => {
    const [made] = ofType(found, "managedidentity:UserAssignedIdentity").filter(
      (each) => textAt(each, "resourceName") === "id-ecluse-prod-bank-churn-ci",
    );
    const outputs = ofType(found, "pulumi:pulumi:Stack")[0]?.outputs;
    expect(at(outputs, "useCases.bank-churn.serving")).toMatch(/serve\.(dev|prod)-bank-churn/);
    expect(at(outputs, "useCases.bank-churn.jobClientId")).toBe(made?.outputs?.clientId);
    expect(made !== undefined).toBe(stack === "prod");
  });
});

it("a team's own cluster has no identity of Azure", async () => {
  for (const stack of ["onprem-dev", "onprem-prod"]) {
    const { resources } = await graph(stack);
    expect(resources.filter(({ type }) => type.startsWith("azure-native:"))).toEqual([]);
    expect(JSON.stringify(resources)).not.toContain("azure.workload.identity");
  }
});
