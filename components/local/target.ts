import * as pulumi from "@pulumi/pulumi";
import { homeFolder } from "../../local/home";
import type {
  EnvironmentParts,
  ForgeIdentity,
  ForgeParts,
  IssuerKeys,
  People,
  ProjectTold,
  ScheduleArgs,
  ServingArgs,
  Target,
  TrackingArgs,
  WorkloadNamespace,
} from "../contracts";
import { defaultGroup, projectPath, workloadIssuer } from "../naming";
import type { EnvironmentSettings, ForgeSettings } from "../settings";
import { Basin, typescriptProgram } from "./basin";
import { type LocalDatabase, localDatabase } from "./database";
import { CiVariable, Keypair, Project, WorkloadTrust } from "./resources";
import { type LocalStore, localStore } from "./store";
import { type LocalTracking, localTracking } from "./tracking";
import { localSchedules, localServing } from "./workloads";

/** One environment as processes of this machine. */
class LocalEnvironment implements EnvironmentParts {
  private readonly basin: Basin;
  private readonly workloadKey: InstanceType<typeof Keypair>;
  private readonly jwks: pulumi.Output<{ keys: unknown[] }>;
  private tokensReady: pulumi.Resource[] = [];

  constructor(private readonly settings: EnvironmentSettings) {
    this.basin = new Basin(settings.environment, settings.ports);
    this.workloadKey = new Keypair("workload-key", { use: "workload tokens" }, this.basin.options);
    this.jwks = this.workloadKey.jwk.apply((jwk) => ({ keys: [JSON.parse(jwk)] }));
  }

  /** Reads the forge's stack, and makes the forge trust this environment's monitors. */
  forge(): ForgeIdentity {
    const { environment, forge, useCases } = this.settings;
    if (typeof forge !== "string") throw new Error("the local target takes its forge from a stack");
    const stack = new pulumi.StackReference(`organization/ecluse/${forge}`);
    const issuer = stack.requireOutput("url") as pulumi.Output<string>;
    const projectIds = stack.requireOutput("projectIds") as pulumi.Output<Record<string, string>>;
    const projects = projectIds.apply((ids) => useCases.map(({ name }) => ids[projectPath(name)] as string));
    const trust = { environment, issuer: workloadIssuer(environment), jwks: this.jwks, projects };
    new WorkloadTrust("workload-trust", trust, this.basin.options);
    return { issuer, group: defaultGroup, projectIds };
  }

  database(): LocalDatabase {
    return localDatabase(this.basin);
  }

  store(): LocalStore {
    return localStore(this.basin);
  }

  signingKey() {
    return new Keypair("signing-key", { use: "released models" }, this.basin.options);
  }

  people({ issuer }: ForgeIdentity): People {
    const { tier } = this.settings;
    return {
      keys: issuer.apply((issuer) => ({ issuer, jwks_uri: `${issuer}/oauth/discovery/keys` })),
      // Scientists work in development and look on elsewhere.
      groups: { "ecluse-scientists": tier === "development" ? "scientist" : "auditor" },
    };
  }

  workloadTrust(): pulumi.Output<IssuerKeys> {
    const { environment, useCases } = this.settings;
    const namespaces = Object.fromEntries(
      useCases.map(({ name }): [string, WorkloadNamespace] => [
        name,
        { use_case: name, roles: ["serve", "monitor"] },
      ]),
    );
    return this.jwks.apply((jwks) => ({ issuer: workloadIssuer(environment), jwks, namespaces }));
  }

  tracking(args: TrackingArgs): LocalTracking {
    return localTracking(this.basin, args as Parameters<typeof localTracking>[1]);
  }

  serving(args: ServingArgs) {
    return localServing(this.basin, args as Parameters<typeof localServing>[1], this.tokensReady);
  }

  schedules(args: readonly ScheduleArgs[]) {
    const { ready, schedules } = localSchedules(this.basin, this.workloadKey, args);
    this.tokensReady = [ready];
    return schedules;
  }

  tellProject({ useCase, project, plain, secrets }: ProjectTold): void {
    const { environment, tier } = this.settings;
    const make = (key: string, value: pulumi.Input<string>, masked: boolean) =>
      new CiVariable(
        `${useCase.name}-${key}`,
        { project, key, environment, value: pulumi.secret(value), masked, protected: tier === "production" },
        this.basin.options,
      );
    for (const [key, value] of Object.entries(plain)) make(key, value, false);
    for (const [key, value] of Object.entries(secrets)) make(key, value, true);
  }
}

/** The forge as a process of this machine, with its projects. */
class LocalForge implements ForgeParts {
  private readonly basin: Basin;
  private readonly address: pulumi.Output<string>;

  constructor(settings: ForgeSettings) {
    this.basin = new Basin("forge", settings.ports);
    const port = this.basin.port("forge");
    this.address = pulumi.interpolate`http://127.0.0.1:${port}`;
    this.basin.service("forge", pulumi.interpolate`${this.address}/health`, {
      command: typescriptProgram("local/forge/server.ts"),
      env: { ECLUSE_HOME: homeFolder(), ECLUSE_HOST: "127.0.0.1", ECLUSE_PORT: port.apply(String) },
    });
  }

  project(path: string, useCase: string) {
    return { id: new Project(path.replace("/", "-"), { path, useCase }, this.basin.options).projectId };
  }

  url() {
    return this.address;
  }
}

/** The local target: each part of an environment is an ordinary process on loopback. */
export const target: Target = {
  environment: (settings) => new LocalEnvironment(settings),
  forge: (settings) => new LocalForge(settings),
};
