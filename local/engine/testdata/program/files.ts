import * as pulumi from "@pulumi/pulumi";

/** What a file of the fixture provider is made of. */
export interface FileArgs {
  readonly content: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly seed?: pulumi.Input<string>;
  readonly slow?: pulumi.Input<string>;
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A file of the fixture provider. */
export class File extends pulumi.CustomResource {
  declare readonly content: pulumi.Output<string>;
  declare readonly size: pulumi.Output<number>;
  declare readonly seed: pulumi.Output<string>;
  declare readonly labels: pulumi.Output<Record<string, string> | undefined>;
  constructor(name: string, args: FileArgs, opts?: pulumi.CustomResourceOptions, type = "files:index:File") {
    super(type, name, { name, size: undefined, ...args }, opts);
  }
}

/** A file of which the provider does not know what changed. */
export class Note extends File {
  constructor(name: string, args: FileArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, args, opts, "files:index:Note");
  }
}

/** The explicit provider of files. */
export class FilesProvider extends pulumi.ProviderResource {
  constructor(name: string, args: pulumi.Inputs = {}, opts?: pulumi.ResourceOptions) {
    super("files", name, args, opts);
  }
}

/** A component with files in it. */
export class Folder extends pulumi.ComponentResource {
  readonly size: pulumi.Output<number>;
  constructor(name: string, content: string, opts?: pulumi.ComponentResourceOptions) {
    super("fixture:index:Folder", name, { content }, opts);
    const file = new File(`${name}-file`, { content }, { parent: this });
    this.size = file.size;
    this.registerOutputs({ size: this.size });
  }
}

/** A component with a folder in it. */
export class Shelf extends pulumi.ComponentResource {
  constructor(name: string, content: string, opts?: pulumi.ComponentResourceOptions) {
    super("fixture:index:Shelf", name, {}, opts);
    new Folder(`${name}-folder`, content, { parent: this });
    this.registerOutputs({});
  }
}
