// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a UserRunner. */
export interface UserRunnerArgs {
  readonly accessLevel?: pulumi.Input<string | undefined>;
  readonly description?: pulumi.Input<string | undefined>;
  readonly groupId?: pulumi.Input<number | undefined>;
  readonly locked?: pulumi.Input<boolean | undefined>;
  readonly maintenanceNote?: pulumi.Input<string | undefined>;
  readonly maximumTimeout?: pulumi.Input<number | undefined>;
  readonly paused?: pulumi.Input<boolean | undefined>;
  readonly projectId?: pulumi.Input<number | undefined>;
  readonly runnerType: pulumi.Input<string>;
  readonly tagLists?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly untagged?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a UserRunner that exists. */
export interface UserRunnerState extends Partial<UserRunnerArgs> {
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: [
    "accessLevel",
    "description",
    "groupId",
    "locked",
    "maintenanceNote",
    "maximumTimeout",
    "paused",
    "projectId",
    "runnerType",
    "tagLists",
    "untagged",
  ],
  required: ["runnerType"],
  computed: ["token"],
  secrets: ["token"],
  replaces: [],
};

/** The resource UserRunner of GitLab. */
export class UserRunner extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/userRunner:UserRunner";
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<number | undefined>;
  declare readonly locked: pulumi.Output<boolean>;
  declare readonly maintenanceNote: pulumi.Output<string>;
  declare readonly maximumTimeout: pulumi.Output<number>;
  declare readonly paused: pulumi.Output<boolean>;
  declare readonly projectId: pulumi.Output<number | undefined>;
  declare readonly runnerType: pulumi.Output<string>;
  declare readonly tagLists: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly untagged: pulumi.Output<boolean>;

  constructor(name: string, args: UserRunnerArgs, opts?: pulumi.CustomResourceOptions) {
    super(UserRunner.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A UserRunner that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: UserRunnerState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new UserRunner(name, state as UserRunnerArgs, { ...opts, id });
  }

  /** Whether this is a UserRunner, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is UserRunner {
    return Object(obj).__pulumiType === UserRunner.__pulumiType;
  }
}

registerResource(
  UserRunner.__pulumiType,
  shape,
  (name, urn) => new UserRunner(name, {} as UserRunnerArgs, { urn }),
);
