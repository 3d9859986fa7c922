import { parse, stringify } from "yaml";
import type { DeployerSettings } from "../settings";

/** The application of Entra that every AKS cluster with Entra login trusts; the same in all tenants. */
const aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630";

interface Kubeconfig {
  readonly users?: readonly { readonly name: string }[];
}

/**
 * The kubeconfig that Azure returns, with every user's login replaced by kubelogin: no token or certificate is kept in
 * it, and each use asks Entra again.
 * @throws Error when the text has no user.
 */
export function withKubelogin(text: string, login: DeployerSettings["login"]): string {
  const config = parse(text) as Kubeconfig | null;
  if (!config?.users?.length)
    throw new Error("Azure's kubeconfig has no user: has the cluster Entra login enabled?");
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "kubelogin",
    args: ["get-token", "--login", login, "--server-id", aksServer],
    env: null,
    installHint: "Install kubelogin: https://azure.github.io/kubelogin",
    interactiveMode: "Never",
    provideClusterInfo: false,
  };
  return stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { exec } })) });
}
