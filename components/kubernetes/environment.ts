import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type {
  EnvironmentParts,
  ForgeIdentity,
  IssuerKeys,
  People,
  ProjectTold,
  Schedule,
  ScheduleArgs,
  ServingArgs,
  SigningKey,
  TrackingArgs,
  WorkloadNamespace,
} from "../contracts";
import { namespaces } from "../naming";
import type { Foundation, Pod } from "./foundation";
import { clusterSchedules } from "./monitor";
import { prometheus } from "./prometheus";
import { buildRunner, releaseRunner } from "./runner";
import { clusterServing } from "./serving";
import { clusterTracking } from "./tracking";
import { clusterTraining } from "./training";

/** One environment as workloads of a cluster, whatever they stand on. */
export class ClusterEnvironment implements EnvironmentParts {
  constructor(private readonly foundation: Foundation) {}

  forge(): ForgeIdentity | undefined {
    const { settings, forge } = this.foundation;
    if (typeof settings.forge !== "object" || !forge) return undefined;
    const { url, group } = settings.forge;
    return { issuer: pulumi.output(url), group, projectIds: forge.projectIds };
  }

  /** Who logged in shows the proxy's token, whose audience is the proxy. */
  people(): People | undefined {
    const { people } = this.foundation.cluster;
    if (!people) return undefined;
    const { issuer, jwksUri, clientId, groups } = people;
    return { keys: pulumi.output({ issuer, jwks_uri: jwksUri, audience: clientId }), groups };
  }

  /** Namespaces tell environments apart: two of them may be on one cluster, and so have one issuer. */
  workloadTrust(): pulumi.Output<IssuerKeys> {
    const { environment, useCases } = this.foundation.settings;
    const of = namespaces(environment);
    const own = useCases.flatMap(({ name }): [string, WorkloadNamespace][] => [
      [of.useCase(name), { use_case: name, roles: ["serve", "monitor"] }],
      [of.ci(name), { use_case: name, roles: ["train"] }],
    ]);
    return this.foundation.workloadIssuer.apply((issuer) => ({
      ...issuer,
      namespaces: Object.fromEntries(own),
    }));
  }

  jobClientId(useCase: string) {
    return this.foundation.jobClientIds?.[useCase];
  }

  database() {
    return this.foundation.database;
  }

  store() {
    const { endpoint, url } = this.foundation.store;
    // No key in it: the caller's identity opens the container, or nothing does.
    return { endpoint, access: (_name: string, container: Parameters<typeof url>[0]) => url(container) };
  }

  /** The private half goes to the jobs of the release, and to no other. */
  signingKey(): SigningKey {
    const { parent } = this.foundation.options;
    const provider = new tls.Provider("tls", {}, { parent });
    const args = { algorithm: "ECDSA", ecdsaCurve: "P256" };
    const key = new tls.PrivateKey("signing-key", args, { parent, provider });
    this.release(key.privateKeyPemPkcs8);
    return { privateKey: key.privateKeyPemPkcs8, publicKey: key.publicKeyPem };
  }

  private release(ECLUSE_SIGNING_KEY: pulumi.Output<string>): void {
    const { settings, cluster, store, secrets } = this.foundation;
    if (!cluster.runner) return;
    const pod: Pod = { role: "release", namespace: namespaces(settings.environment).release };
    const access = [store.access(pod, "data", "rl"), secrets(pod, "signing-key", { ECLUSE_SIGNING_KEY })];
    releaseRunner(this.foundation, access);
  }

  tracking(args: TrackingArgs) {
    prometheus(this.foundation);
    buildRunner(this.foundation);
    return clusterTracking(this.foundation, args);
  }

  serving(args: ServingArgs) {
    clusterTraining(this.foundation, args.useCase);
    return clusterServing(this.foundation, args);
  }

  schedules(args: readonly ScheduleArgs[]): Readonly<Record<string, Schedule>> {
    return clusterSchedules(this.foundation, args);
  }

  /** No URL of a container has a key here: what `secrets` are elsewhere is plain. */
  tellProject({ useCase, plain, secrets }: ProjectTold): void {
    const { settings, cluster, forge } = this.foundation;
    const client = this.jobClientId(useCase.name);
    const cloud = settings.azure &&
      client && { ECLUSE_AZURE_CLIENT_ID: client, ECLUSE_AZURE_TENANT_ID: settings.azure.tenantId };
    forge?.tell(useCase, { ...plain, ...secrets, ...cloud }, `https://${useCase.name}.${cluster.domain}`);
  }
}
