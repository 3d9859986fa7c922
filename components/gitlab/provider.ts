import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider of one GitLab, by its base URL. It takes its token from the environment (`GITLAB_TOKEN`) when it runs: what is given to a
 * provider lands in the state.
 */
export const gitlabProvider = (url: string, options: pulumi.ResourceOptions = {}) =>
  // Many calls in a row meet the server's rate limit, which passes.
  new gitlab.Provider("gitlab", { baseUrl: `${url}/api/v4/`, retries: 5 }, options);
