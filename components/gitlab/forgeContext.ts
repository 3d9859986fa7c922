import type * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { GitlabForgeSettings } from "../settings";

/** A webhook that every use case has, and the token that its receiver knows GitLab by; secret. */
export interface Webhook {
  readonly name: string;
  readonly url: string;
  readonly token: pulumi.Output<string>;
}

/** What every project of a forge on GitLab is made with. */
export interface ForgeContext {
  readonly gitlab: GitlabForgeSettings;
  readonly group: gitlab.Group;
  readonly webhooks: readonly Webhook[];
  /** The explicit provider; default providers are off. */
  readonly options: { readonly provider: gitlab.Provider; readonly parent?: pulumi.Resource };
}

/** The last part of a full path, by which GitLab knows a group or a project within its parent. */
export const slugOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** A project that a part is made for: its name in the stack, its full path, and its number. */
export interface ProjectPart {
  readonly context: ForgeContext;
  readonly name: string;
  readonly path: string;
  readonly project: pulumi.Output<string>;
}
