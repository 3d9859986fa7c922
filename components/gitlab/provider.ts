import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider of one GitLab, by its base URL. It takes its token from the environment variable `GITLAB_TOKEN` when it
 * runs: what is given to a provider lands in the state.
 */
export const gitlabProvider = (name: string, url: string, opts: pulumi.ResourceOptions) =>
  // Many calls in a row meet the server's rate limit, which passes.
  new gitlab.Provider(name, { baseUrl: `${url}/api/v4/`, retries: 5 }, opts);
