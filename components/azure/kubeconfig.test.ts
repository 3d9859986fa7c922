import { expect, it } from "vitest";
import { parse } from "yaml";
import { withKubelogin } from "./kubeconfig";

const azures = `
apiVersion: v1
kind: Config
clusters: [{name: aks, cluster: {server: "https://aks.example", certificate-authority-data: Q0E=}}]
contexts: [{name: aks, context: {cluster: aks, user: clusterUser}}]
current-context: aks
users: [{name: clusterUser, user: {token: t0p-secret, client-key-data: S0VZ}}]
`;

it("keeps the cluster and logs in by kubelogin, with nothing that opens it", () => {
  const text = withKubelogin(azures, "workloadidentity");
  const config = parse(text);
  expect(config.users).toEqual([
    {
      name: "clusterUser",
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "kubelogin",
          args: [
            "get-token",
            "--login",
            "workloadidentity",
            "--server-id",
            "6dae42f8-4368-4678-94ff-3960e28e3630",
          ],
          env: null,
          installHint: "Install kubelogin: https://azure.github.io/kubelogin",
          interactiveMode: "Never",
          provideClusterInfo: false,
        },
      },
    },
  ]);
  expect(config.clusters).toEqual(parse(azures).clusters);
  expect(config["current-context"]).toBe("aks");
  expect(text).not.toMatch(/t0p-secret|S0VZ/);
});

it.each(["", "users: []", "apiVersion: v1"])("refuses %j", (text) => {
  expect(() => withKubelogin(text, "azurecli")).toThrow("no user");
});
