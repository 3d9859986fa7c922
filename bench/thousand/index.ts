import * as pulumi from "@pulumi/pulumi";

/** A resource that is what it was asked to be. */
class Thing extends pulumi.CustomResource {
  constructor(
    name: string,
    args: Record<string, pulumi.Input<unknown>>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("echo:index:Thing", name, args, opts);
  }
}

// Each tenth of them depends on one, as workloads on their namespace.
for (let group = 0; group < 10; group += 1) {
  const first = new Thing(`group-${group}`, { labels: { group: String(group) } });
  for (let at = 1; at < 100; at += 1)
    new Thing(`thing-${group}-${at}`, { group: first.id, labels: { at: String(at) }, text: "x".repeat(200) });
}
