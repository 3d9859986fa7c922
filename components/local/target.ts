import type * as pulumi from "@pulumi/pulumi";
import type {
  ConsoleArgs,
  EnvironmentParts,
  ForgeIdentity,
  ForgeParts,
  IssuerKeys,
  MonitorArgs,
  People,
  ProjectBinding,
  ServingArgs,
  Target,
  TrackingArgs,
} from "../contracts";
import { InputError } from "../errors";
import { peopleGroup, projectPath } from "../naming";
import { consoleProcess } from "../processes/console";
import { monitorProcess } from "../processes/monitor";
import { servingProcess } from "../processes/serving";
import { trackingProcess } from "../processes/tracking";
import type { EnvironmentSettings, Tier } from "../settings";
import { Console } from "./console";
import { MetadataDatabase } from "./database";
import { ForgeProject, ForgeServer, ForgeTrust, ProjectVariables } from "./forge";
import { SigningKey, WorkloadKey } from "./keys";
import { Scheduler } from "./scheduler";
import { type LocalScope, openScope } from "./scope";
import { ModelServer } from "./serving";
import { ArtifactStore } from "./store";
import { TrackingServer } from "./tracking";

/** One environment as processes of this machine. */
class LocalEnvironment implements EnvironmentParts {
  readonly forge: ForgeIdentity;
  readonly people: People;
  readonly database: MetadataDatabase;
  readonly store: ArtifactStore;
  readonly workloadIssuer: pulumi.Output<IssuerKeys>;
  private readonly name: string;
  private readonly scope: LocalScope;
  private readonly workloadKey: WorkloadKey;

  constructor(
    private readonly settings: EnvironmentSettings,
    private readonly parent: pulumi.Resource,
  ) {
    const { environment: name, tier, forge: stack } = settings;
    if (typeof stack !== "string") throw new InputError("ecluse:forge", stack, "name the stack of the forge");
    const useCases = settings.useCases.map(({ name }) => name);
    const scope = openScope(name, { environment: name, ports: settings.ports }, parent);
    const key = new WorkloadKey(`${name}-workload-key`, { scope, useCases }, { parent });
    this.name = name;
    this.scope = scope;
    this.workloadKey = key;
    this.workloadIssuer = key.issuer;
    this.forge = new ForgeTrust(`${name}-forge`, { scope, stack, useCases, key }, { parent });
    this.people = peopleOf(this.forge, tier);
    this.database = new MetadataDatabase(`${name}-database`, { scope }, { parent });
    this.store = new ArtifactStore(`${name}-store`, { scope }, { parent });
  }

  signingKey() {
    const { scope, parent } = this;
    return new SigningKey(`${this.name}-signing-key`, { scope }, { parent });
  }

  tracking(args: TrackingArgs) {
    const { scope, database, store, parent } = this;
    const process = trackingProcess(this.settings, args);
    return new TrackingServer(`${this.name}-tracking`, { ...process, scope, database, store }, { parent });
  }

  monitors(args: readonly MonitorArgs[]) {
    const { scope, store, workloadKey: key, parent } = this;
    const { monitorRetrains: retrains, governance } = this.settings;
    const { dataClassification } = governance;
    const monitors = args.map((each) => {
      const issues = issuesOf(each);
      return { ...monitorProcess(this.settings, each), cron: each.cron, retrains, ...(issues && { issues }) };
    });
    return new Scheduler(
      `${this.name}-scheduler`,
      { scope, key, store, monitors, dataClassification },
      { parent },
    );
  }

  serving(args: ServingArgs) {
    const { scope, store } = this;
    const { parent, tracking, tokens } = args;
    const process = servingProcess(this.settings, args);
    return new ModelServer(
      `${this.name}-${process.useCase}-serve`,
      { ...process, scope, store, tracking, ...(tokens && { tokens }) },
      { parent },
    );
  }

  console(args: ConsoleArgs) {
    const { scope, store, parent } = this;
    const process = consoleProcess(this.settings, args, this.forge);
    return new Console(`${this.name}-console`, { ...process, scope, store }, { parent });
  }

  registerProject({ useCase, parent, ...args }: ProjectBinding): void {
    const { scope } = this;
    const { tier } = this.settings;
    new ProjectVariables(`${this.name}-${useCase.name}-variables`, { ...args, scope, tier }, { parent });
  }
}

/** The forge takes a monitor's own token, so that every one has its issues there. */
const issuesOf = ({ useCase, forge }: MonitorArgs) =>
  forge && {
    url: forge.issuer,
    projectId: forge.projectIds.apply((ids) => ids[projectPath(useCase.name, forge.group)] as string),
  };

/** Scientists work in development and look on elsewhere. */
const peopleOf = ({ issuer }: ForgeIdentity, tier: Tier): People => ({
  keys: issuer.apply((issuer) => ({ issuer, jwks_uri: `${issuer}/oauth/discovery/keys` })),
  groups: { [peopleGroup]: tier === "development" ? "scientist" : "auditor" },
});

/** The forge as a process of this machine, with its projects. */
class LocalForge implements ForgeParts {
  readonly url: pulumi.Output<string>;
  private readonly scope: LocalScope;

  constructor(
    private readonly name: string,
    ports: Readonly<Record<string, number>>,
    private readonly parent: pulumi.Resource,
  ) {
    this.scope = openScope(name, { environment: "forge", ports }, parent);
    this.url = new ForgeServer(`${name}-server`, { scope: this.scope }, { parent }).url;
  }

  project(path: string, useCase: string) {
    const { scope, parent } = this;
    return {
      id: new ForgeProject(`${this.name}-${useCase}`, { scope, path, useCase }, { parent }).projectId,
    };
  }
}

/** The local target: each part of an environment is an ordinary process on loopback. */
export const target: Target = {
  environment: (settings, parent) => new LocalEnvironment(settings, parent),
  forge: (name, { settings: { ports } }, parent) => new LocalForge(name, ports, parent),
};
