import * as pulumi from "@pulumi/pulumi";
import type {
  DriftMonitors,
  EnvironmentParts,
  ForgeIdentity,
  IssuerKeys,
  MonitorArgs,
  People,
  ProjectBinding,
  ServingArgs,
  SigningKey as SigningKeyPair,
  TrackingArgs,
  UseCaseScope,
  WorkloadNamespace,
} from "../contracts";
import { namespaces, projectPath } from "../naming";
import { monitorProcess } from "../processes/monitor";
import { servingProcess } from "../processes/serving";
import { trackingProcess } from "../processes/tracking";
import { profiles } from "../profiles";
import type { ClusterSettings, EnvironmentSettings } from "../settings";
import { Alerts } from "./alerts";
import { LogCompaction } from "./compaction";
import type { ClusterForge, Foundation, PodPlace } from "./foundation";
import type { IngressArgs } from "./ingress";
import { Landing } from "./landing";
import { LoginProxy, trackingHost } from "./login";
import { DriftMonitor, type IssueProject } from "./monitor";
import { podsOf } from "./pods";
import { trainingSize } from "./quotas";
import { BuildRunner, ReleaseRunner, UseCaseRunner } from "./runner";
import type { RunnerArgs } from "./runnerPod";
import { ModelServer } from "./serving";
import { keyName, SigningKey } from "./signingKey";
import { TrackingServer } from "./tracking";
import { Training } from "./training";

/** What the workloads of an environment are made from. */
export interface ClusterEnvironmentArgs {
  readonly settings: EnvironmentSettings;
  readonly cluster: ClusterSettings;
  readonly foundation: Foundation;
  /** The component that its parts belong to. */
  readonly parent: pulumi.Resource;
}

/** One environment as workloads of a cluster, whatever they stand on. */
export class ClusterEnvironment implements EnvironmentParts {
  readonly forge: ForgeIdentity | undefined;
  readonly people: People | undefined;
  readonly workloadIssuer: pulumi.Output<IssuerKeys>;
  private readonly name: string;
  private readonly pods: ReturnType<typeof podsOf>;
  private readonly ingress: IngressArgs;
  private readonly trainings = new Map<string, Training>();

  constructor(private readonly args: ClusterEnvironmentArgs) {
    const { settings, cluster, foundation } = args;
    this.name = settings.environment;
    this.pods = podsOf(this.name);
    this.forge = foundation.forge && {
      issuer: pulumi.output(foundation.forge.url),
      group: foundation.forge.group,
      projectIds: foundation.forge.projectIds,
    };
    this.people = peopleOf(cluster);
    this.workloadIssuer = workloadIssuerOf(settings, foundation);
    this.ingress = {
      domain: cluster.domain,
      className: cluster.ingressClass,
      namespace: cluster.ingressNamespace,
      ranges: cluster.ingressRanges,
      byService: cluster.ingressByService,
      ...(cluster.certificateIssuer && { certificateIssuer: cluster.certificateIssuer }),
    };
  }

  get database() {
    return this.args.foundation.database;
  }

  /** The URLs of containers have no key: the caller's identity opens them, or nothing does. */
  get store() {
    const { endpoint, url } = this.args.foundation.store;
    return { endpoint, access: (_name: string, container: Parameters<typeof url>[0]) => url(container) };
  }

  signingKey() {
    const { signingKey: number } = this.args.settings;
    return new SigningKey(`${this.name}-signing-key`, { number }, this.child);
  }

  tracking(args: TrackingArgs) {
    const { foundation, settings, cluster } = this.args;
    const { scope, database, store, secrets, issuer, images } = foundation;
    const process = trackingProcess(settings, args);
    const parts = { scope, database, store, secrets, issuer, image: images("mlflow") };
    const publicHost = cluster.people && trackingHost(this.ingress);
    return new TrackingServer(
      this.pods.tracking.name,
      { ...process, ...parts, clients: this.trackingClients(), ...(publicHost && { publicHost }) },
      this.child,
    );
  }

  serving(args: ServingArgs) {
    const { foundation, cluster, settings } = this.args;
    const { scope, store, issuer, images } = foundation;
    const process = servingProcess(settings, args);
    const parts = {
      ...{ scope, store, issuer },
      image: images("serving"),
      replicas: profiles[settings.profile].servingReplicas,
      ingress: this.ingress,
      clients: cluster.runner ? [this.pods.release] : [],
      ...(cluster.prometheus && { prometheusNamespace: cluster.prometheusNamespace }),
    };
    return new ModelServer(
      this.pods.serve(process.useCase).name,
      { ...process, ...parts },
      { parent: args.parent },
    );
  }

  monitors(args: readonly MonitorArgs[]): DriftMonitors {
    const monitors = args.map((monitor) => [monitor.useCase.name, this.monitor(monitor).run] as const);
    return { runs: Object.fromEntries(monitors) };
  }

  landing({ useCase: { name }, parent }: UseCaseScope): void {
    const { foundation, settings } = this.args;
    // In a cloud people land from outside, by a right of their own.
    if (!settings.kubernetes) return;
    const { scope, images, store } = foundation;
    const args = { environment: this.name, useCase: name, scope, store, image: images("python-base") };
    new Landing(this.pods.land(name).name, args, { parent });
  }

  /** Made once for a use case: it has the ServiceAccount that {@link jobs} run as too. */
  training(scope: UseCaseScope): Training {
    const { name } = scope.useCase;
    const training = this.trainings.get(name) ?? this.makeTraining(scope);
    this.trainings.set(name, training);
    return training;
  }

  jobs(scope: UseCaseScope): void {
    if (!this.args.cluster.runner) return;
    const { useCase, parent } = scope;
    const args = { ...this.runner(), training: this.training(scope) };
    new UseCaseRunner(`${this.name}-${useCase.name}-runner`, args, { parent });
  }

  releases({ privateKey }: SigningKeyPair): void {
    const { foundation, settings, cluster } = this.args;
    if (!cluster.runner) return;
    const { secrets, store } = foundation;
    const runner = this.runner();
    const ECLUSE_SIGNING_KEY = privateKey;
    const secretName = keyName("signing-key", settings.signingKey);
    const signingKey = secrets.values(this.pods.release, secretName, { ECLUSE_SIGNING_KEY }, "by hand");
    const useCases = settings.useCases.map(({ name, gates, contract, rollout, accountability }) => ({
      ...{ name, gates, contract, rollout, accountability },
      project: projectPath(name, runner.forge.group),
    }));
    const [, servingReplicas] = profiles[settings.profile].servingReplicas;
    const args = { ...runner, store, signingKey, useCases, servingReplicas, tier: settings.tier };
    new ReleaseRunner(`${this.name}-release-runner`, args, this.child);
  }

  imageBuilds(): void {
    const { builds } = this.args.cluster;
    if (!builds) return;
    const args = { ...this.runner(), ...builds };
    new BuildRunner(`${this.name}-build-runner`, args, this.child);
  }

  login(): void {
    const { foundation, settings, cluster } = this.args;
    const { people } = cluster;
    if (!people) return;
    const { scope, secrets, images } = foundation;
    const replicas = profiles[settings.profile].proxyReplicas;
    const args = { environment: this.name, scope, secrets, people, replicas, ingress: this.ingress };
    new LoginProxy(this.pods.proxy.name, { ...args, image: images("oauth2-proxy") }, this.child);
  }

  alerts(): void {
    const { foundation, settings, cluster } = this.args;
    if (!cluster.prometheus) return;
    const useCases = settings.useCases.map(({ name }) => name);
    const database = settings.kubernetes !== undefined;
    const args = { environment: this.name, useCases, scope: foundation.scope, database };
    new Alerts(`${this.name}-alerts`, args, this.child);
  }

  registerProject({ useCase, parent, plain, secrets }: ProjectBinding): void {
    const { foundation, cluster } = this.args;
    const variables = { ...plain, ...secrets, ...foundation.jobVariables?.(useCase.name) };
    const url = `https://${useCase.name}.${cluster.domain}`;
    foundation.forge?.registerProject({ useCase, variables, url }, parent);
  }

  jobClientId(useCase: string) {
    return this.args.foundation.jobClientIds?.[useCase];
  }

  private get child() {
    return { parent: this.args.parent };
  }

  private makeTraining({ useCase, parent }: UseCaseScope): Training {
    const { scope, images, store } = this.args.foundation;
    const { name, training } = useCase;
    const image = images("python-base");
    const args = { environment: this.name, useCase: name, scope, store, image, size: trainingSize(training) };
    return new Training(this.pods.train(name).name, args, { parent });
  }

  private monitor(args: MonitorArgs) {
    const { foundation, settings } = this.args;
    const { scope, store, secrets, images, forge } = foundation;
    const { useCase, parent, cron } = args;
    const issues = forge && issueProject(forge, useCase.name, parent);
    const process = monitorProcess(settings, args);
    const image = images("monitor");
    const { dataClassification } = settings.governance;
    const log = { environment: this.name, useCase: useCase.name, scope, image, store, dataClassification };
    new LogCompaction(this.pods.compact(useCase.name).name, log, { parent });
    const partitions = useCase.monitorPartitions;
    const { monitorRetrains: retrains } = settings;
    const parts = { scope, store, secrets, cron, image, partitions, retrains, ...(issues && { issues }) };
    return new DriftMonitor(this.pods.monitor(useCase.name).name, { ...process, ...parts }, { parent });
  }

  private runner(): RunnerArgs & { readonly forge: ClusterForge } {
    const { foundation, settings, cluster } = this.args;
    const { scope, images, secrets, apiServer, forge } = foundation;
    if (!forge)
      throw new pulumi.RunError(
        "ecluse:forge is none, and ecluse:cluster.runner or .builds asks for a runner: set the url of a GitLab",
      );
    const { profile } = settings;
    const metrics = cluster.prometheus && { prometheusNamespace: cluster.prometheusNamespace };
    return { environment: this.name, scope, images, secrets, apiServer, forge, profile, ...metrics };
  }

  /** Who connects to the tracking server: people through the proxy, and the workloads and jobs of the use cases. */
  private trackingClients(): PodPlace[] {
    const { settings, cluster } = this.args;
    const { proxy, release, serve, monitor, train } = this.pods;
    return [
      ...(cluster.people ? [proxy] : []),
      ...(cluster.runner ? [release] : []),
      ...settings.useCases.flatMap(({ name }) => [serve(name), monitor(name), train(name)]),
    ];
  }
}

/** People show the login proxy's token, whose audience is the proxy. */
function peopleOf({ people }: ClusterSettings): People | undefined {
  if (!people) return undefined;
  const { issuer, jwksUri, clientId, groups } = people;
  return { keys: pulumi.output({ issuer, jwks_uri: jwksUri, audience: clientId }), groups };
}

/** Namespaces separate environments: two of them may be on one cluster, and so have one issuer. */
function workloadIssuerOf({ environment, useCases }: EnvironmentSettings, { issuer }: Foundation) {
  const of = namespaces(environment);
  const own = useCases.flatMap(({ name }): [string, WorkloadNamespace][] => [
    [of.useCase(name), { use_case: name, roles: ["serve", "monitor"] }],
    [of.ci(name), { use_case: name, roles: ["train"] }],
  ]);
  return issuer.keys.apply((keys): IssuerKeys => ({ ...keys, namespaces: Object.fromEntries(own) }));
}

/** The project that a use case's monitor writes issues in; undefined where the GitLab gives no token for it. */
function issueProject(
  forge: ClusterForge,
  useCase: string,
  parent: pulumi.Resource,
): IssueProject | undefined {
  const token = forge.issueToken(useCase, parent);
  const path = projectPath(useCase, forge.group);
  return token && { url: forge.url, projectId: forge.projectIds.apply((ids) => ids[path] as string), token };
}
