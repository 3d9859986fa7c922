import * as pulumi from "@pulumi/pulumi";
import { homeFolder, typescriptProgram } from "../../local/home";
import type { ForgeIdentity, ProjectBinding } from "../contracts";
import { defaultGroup, projectPath, resourceNameOf, workloadIssuer } from "../naming";
import { within } from "../scope";
import type { Tier } from "../settings";
import type { WorkloadKey } from "./keys";
import { CiVariable, Project, WorkloadTrust } from "./resources";
import { type LocalScope, reservePort, runService } from "./scope";

/** What the forge's server is made from. */
export interface ForgeServerArgs {
  readonly scope: LocalScope;
}

/** The forge as a process of this machine. */
export class ForgeServer extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ForgeServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:ForgeServer", name, {}, opts);
    const scope = within(args.scope, this);
    const port = reservePort(name, "forge", scope);
    this.url = pulumi.interpolate`http://127.0.0.1:${port}`;
    const service = {
      process: "forge",
      ready: pulumi.interpolate`${this.url}/health`,
      command: typescriptProgram("local/forge/server.ts"),
      env: { ECLUSE_HOME: homeFolder(), ECLUSE_HOST: "127.0.0.1", ECLUSE_PORT: port.apply(String) },
    };
    runService(name, service, scope);
    this.registerOutputs({ url: this.url });
  }
}

/** What a project of the forge is made from. */
export interface ForgeProjectArgs {
  readonly scope: LocalScope;
  /** Path of the project, with the group's. */
  readonly path: string;
  readonly useCase: string;
}

/** A project at the forge. */
export class ForgeProject extends pulumi.ComponentResource {
  readonly projectId: pulumi.Output<string>;

  constructor(name: string, args: ForgeProjectArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:ForgeProject", name, {}, opts);
    const { scope, path, useCase } = args;
    this.projectId = new Project(name, { path, useCase }, within(scope, this).options).projectId;
    this.registerOutputs({ projectId: this.projectId });
  }
}

/** What an environment's trust in the forge, and the forge's in it, is made from. */
export interface ForgeTrustArgs {
  readonly scope: LocalScope;
  /** Name of the forge's stack. */
  readonly stack: string;
  readonly useCases: readonly string[];
  /** Signs the tokens that the monitors show to the forge. */
  readonly key: Pick<WorkloadKey, "jwks">;
}

/** Reads the forge's stack, and makes the forge trust the environment's monitors in their projects. */
export class ForgeTrust extends pulumi.ComponentResource implements ForgeIdentity {
  readonly issuer: pulumi.Output<string>;
  readonly group = defaultGroup;
  readonly projectIds: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: ForgeTrustArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:ForgeTrust", name, {}, opts);
    const { key, useCases, stack } = args;
    const { environment, options } = within(args.scope, this);
    const reference = { name: `organization/${pulumi.getProject()}/${stack}` };
    const forge = new pulumi.StackReference(`${name}-stack`, reference, { parent: this });
    this.issuer = forge.requireOutput("url") as pulumi.Output<string>;
    this.projectIds = forge.requireOutput("projectIds") as pulumi.Output<Record<string, string>>;
    const projects = this.projectIds.apply((ids) => useCases.map((name) => ids[projectPath(name)] as string));
    const trust = { environment, issuer: workloadIssuer(environment), jwks: key.jwks, projects };
    new WorkloadTrust(name, trust, options);
    this.registerOutputs({ issuer: this.issuer, projectIds: this.projectIds });
  }
}

/** What the CI variables of a use case's project are made from. */
export interface ProjectVariablesArgs extends Omit<ProjectBinding, "parent" | "useCase"> {
  readonly scope: LocalScope;
  readonly tier: Tier;
}

/** The CI variables of one environment in a use case's project. */
export class ProjectVariables extends pulumi.ComponentResource {
  constructor(name: string, args: ProjectVariablesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:ProjectVariables", name, {}, opts);
    const { project, plain, secrets, tier } = args;
    const { environment, options } = within(args.scope, this);
    const variables = { ...plain, ...secrets };
    for (const [key, value] of Object.entries(variables))
      new CiVariable(
        `${name}-${resourceNameOf(key)}`,
        {
          ...{ project, key, environment },
          value: pulumi.secret(value),
          masked: key in secrets,
          protected: tier === "production",
        },
        options,
      );
    this.registerOutputs({});
  }
}
