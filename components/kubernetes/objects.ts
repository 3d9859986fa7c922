import * as pulumi from "@pulumi/pulumi";
import { type Container, namespaces } from "../naming";
import type { ObjectStoreSettings } from "../settings";
import type { Pod, PodAccess } from "./foundation";
import { deployedStore } from "./objectsDeployed";
import { type OnPremiseStore, s3Backups, s3Environment, s3Url } from "./objectsS3";
import { byReference, type Ground, noAccess } from "./onpremiseGround";

type OwnStore = Exclude<ObjectStoreSettings, { kind: "deployed" }>;

function s3Store(own: OwnStore) {
  const { endpoint, region, prefix } = own;
  return {
    artifacts: `s3://${prefix}-artifacts/`,
    url: (container: Container) => s3Url(`${prefix}-${container}`, endpoint, region),
    environment: (secret: string) => s3Environment(endpoint, region, secret),
    backups: s3Backups(`${prefix}-backups`, endpoint),
  };
}

function azureStore({ endpoint, prefix }: OwnStore) {
  const base = endpoint.replace(/\/$/, "");
  const { hostname, pathname } = new URL(base);
  // Path-style endpoints, as emulators and gateways have, name the account in the path.
  const account = pathname === "/" ? hostname.split(".")[0] : pathname.slice(1);
  return {
    artifacts: `wasbs://${prefix}-artifacts@${account}.blob.core.windows.net/`,
    url: (container: Container) => `${base}/${prefix}-${container}`,
    environment: (secret: string) => [
      byReference("AZURE_STORAGE_CONNECTION_STRING", secret, "connectionString"),
    ],
    backups: {
      destinationPath: `${base}/${prefix}-backups`,
      azureCredentials: { connectionString: { name: "objects-backup", key: "connectionString" } },
    },
  };
}

/** The team's own store: its keys are the team's to make, one for each role. */
function ownStore(own: OwnStore): OnPremiseStore {
  const store = own.kind === "s3" ? s3Store(own) : azureStore(own);
  const egress = [{ to: [{ ipBlock: { cidr: own.range } }], ports: [own.port] }];
  return {
    endpoint: pulumi.output(own.endpoint),
    artifacts: pulumi.output(store.artifacts),
    url: (container) => pulumi.output(store.url(container)),
    access: (pod: Pod): PodAccess => ({
      ...noAccess,
      env: store.environment(`objects-${pod.role}`),
      egress,
    }),
    backups: { objectStore: store.backups, egress, dependsOn: [] },
  };
}

/** The blob store of an environment on the team's own cluster. */
export function objectStore(ground: Ground): OnPremiseStore {
  const { objectStore: store } = ground.kubernetes;
  return store.kind === "deployed"
    ? deployedStore(ground, store.storageGb, namespaces(ground.settings.environment).data)
    : ownStore(store);
}
