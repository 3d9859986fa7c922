// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a RepositoryFile. */
export interface RepositoryFileArgs {
  readonly authorEmail?: pulumi.Input<string | undefined>;
  readonly authorName?: pulumi.Input<string | undefined>;
  /** A change makes a new resource. */
  readonly branch: pulumi.Input<string>;
  readonly commitMessage?: pulumi.Input<string | undefined>;
  readonly content: pulumi.Input<string>;
  readonly createCommitMessage?: pulumi.Input<string | undefined>;
  readonly deleteCommitMessage?: pulumi.Input<string | undefined>;
  readonly encoding: pulumi.Input<string>;
  readonly executeFilemode?: pulumi.Input<boolean | undefined>;
  /** A change makes a new resource. */
  readonly filePath: pulumi.Input<string>;
  readonly overwriteOnCreate?: pulumi.Input<boolean | undefined>;
  /** A change makes a new resource. */
  readonly project: pulumi.Input<string>;
  readonly startBranch?: pulumi.Input<string | undefined>;
  readonly updateCommitMessage?: pulumi.Input<string | undefined>;
}

/** What may be known of a RepositoryFile that exists. */
export interface RepositoryFileState extends Partial<RepositoryFileArgs> {
  readonly blobId?: pulumi.Input<string | undefined>;
  readonly commitId?: pulumi.Input<string | undefined>;
  readonly contentSha256?: pulumi.Input<string | undefined>;
  readonly fileName?: pulumi.Input<string | undefined>;
  readonly lastCommitId?: pulumi.Input<string | undefined>;
  readonly ref?: pulumi.Input<string | undefined>;
  readonly size?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: [
    "authorEmail",
    "authorName",
    "branch",
    "commitMessage",
    "content",
    "createCommitMessage",
    "deleteCommitMessage",
    "encoding",
    "executeFilemode",
    "filePath",
    "overwriteOnCreate",
    "project",
    "startBranch",
    "updateCommitMessage",
  ],
  required: ["branch", "content", "encoding", "filePath", "project"],
  computed: ["blobId", "commitId", "contentSha256", "fileName", "lastCommitId", "ref", "size"],
  secrets: [],
  replaces: ["branch", "filePath", "project"],
};

/** The resource RepositoryFile of GitLab. */
export class RepositoryFile extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/repositoryFile:RepositoryFile";
  declare readonly authorEmail: pulumi.Output<string | undefined>;
  declare readonly authorName: pulumi.Output<string | undefined>;
  declare readonly blobId: pulumi.Output<string>;
  declare readonly branch: pulumi.Output<string>;
  declare readonly commitId: pulumi.Output<string>;
  declare readonly commitMessage: pulumi.Output<string | undefined>;
  declare readonly content: pulumi.Output<string>;
  declare readonly contentSha256: pulumi.Output<string>;
  declare readonly createCommitMessage: pulumi.Output<string | undefined>;
  declare readonly deleteCommitMessage: pulumi.Output<string | undefined>;
  declare readonly encoding: pulumi.Output<string>;
  declare readonly executeFilemode: pulumi.Output<boolean | undefined>;
  declare readonly fileName: pulumi.Output<string>;
  declare readonly filePath: pulumi.Output<string>;
  declare readonly lastCommitId: pulumi.Output<string>;
  declare readonly overwriteOnCreate: pulumi.Output<boolean | undefined>;
  declare readonly project: pulumi.Output<string>;
  declare readonly ref: pulumi.Output<string>;
  declare readonly size: pulumi.Output<number>;
  declare readonly startBranch: pulumi.Output<string | undefined>;
  declare readonly updateCommitMessage: pulumi.Output<string | undefined>;

  constructor(name: string, args: RepositoryFileArgs, opts?: pulumi.CustomResourceOptions) {
    super(RepositoryFile.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A RepositoryFile that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: RepositoryFileState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new RepositoryFile(name, state as RepositoryFileArgs, { ...opts, id });
  }

  /** Whether this is a RepositoryFile, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is RepositoryFile {
    return Object(obj).__pulumiType === RepositoryFile.__pulumiType;
  }
}

registerResource(
  RepositoryFile.__pulumiType,
  shape,
  (name, urn) => new RepositoryFile(name, {} as RepositoryFileArgs, { urn }),
);
