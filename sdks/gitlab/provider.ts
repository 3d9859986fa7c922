// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { providerInputs, registerProvider, resourceOptions } from "./runtime";

/** How GitLab is reached. */
export interface ProviderArgs {
  readonly baseUrl?: pulumi.Input<string | undefined>;
  readonly cacertFile?: pulumi.Input<string | undefined>;
  readonly clientCert?: pulumi.Input<string | undefined>;
  readonly clientKey?: pulumi.Input<string | undefined>;
  readonly configFile?: pulumi.Input<string | undefined>;
  readonly context?: pulumi.Input<string | undefined>;
  readonly earlyAuthCheck?: pulumi.Input<boolean | undefined>;
  readonly enableAutoCiSupport?: pulumi.Input<boolean | undefined>;
  readonly headers?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>;
  readonly insecure?: pulumi.Input<boolean | undefined>;
  readonly retries?: pulumi.Input<number | undefined>;
  /** Secret. */
  readonly token?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: [
    "baseUrl",
    "cacertFile",
    "clientCert",
    "clientKey",
    "configFile",
    "context",
    "earlyAuthCheck",
    "enableAutoCiSupport",
    "headers",
    "insecure",
    "retries",
    "token",
  ],
  required: [],
  computed: [],
  secrets: ["token"],
  replaces: [],
};

/** A connection to one GitLab. */
export class Provider extends pulumi.ProviderResource {
  static readonly __pulumiType = "gitlab";
  declare readonly baseUrl: pulumi.Output<string | undefined>;
  declare readonly cacertFile: pulumi.Output<string | undefined>;
  declare readonly clientCert: pulumi.Output<string | undefined>;
  declare readonly clientKey: pulumi.Output<string | undefined>;
  declare readonly configFile: pulumi.Output<string | undefined>;
  declare readonly context: pulumi.Output<string | undefined>;
  declare readonly token: pulumi.Output<string | undefined>;

  constructor(name: string, args?: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super(
      Provider.__pulumiType,
      name,
      providerInputs(shape, args, [
        "earlyAuthCheck",
        "enableAutoCiSupport",
        "headers",
        "insecure",
        "retries",
      ]),
      resourceOptions(shape, opts),
    );
  }

  /** Whether this is a provider of GitLab, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is Provider {
    return Object(obj).__pulumiType === `pulumi:providers:${Provider.__pulumiType}`;
  }
}

registerProvider(Provider.__pulumiType, shape, (name, urn) => new Provider(name, undefined, { urn }));
