import * as pulumi from "@pulumi/pulumi";
import { File, FilesProvider, Folder, Note, Shelf } from "./files";

const config = new pulumi.Config();
const content = config.get("content") ?? "one";

/** Which of two orders a replacement takes: as the provider says, or as the program says. */
const orders = {
  provider: {},
  deleting: { deleteBeforeReplace: true },
  creating: { deleteBeforeReplace: false },
};

/** The programs that the tests run, by the config key `scenario`. */
export const scenarios: Record<string, () => unknown> = {
  chain() {
    const provider = new FilesProvider("files");
    const first = new File("first", { content, seed: config.get("seed") }, { provider });
    const second = new File("second", { content: first.content }, { provider });
    const folder = new Folder("folder", "inside", { providers: [provider], dependsOn: [second] });
    return { size: second.size, folder: folder.size };
  },
  renamed() {
    const first = new File("first", { content, name: config.get("name") ?? "a" });
    new File("second", { content: pulumi.interpolate`${first.id}!` });
  },
  seeded() {
    const first = new File("first", { content, seed: config.get("seed") });
    const second = new File("second", { content: "stays", seed: first.seed });
    new File("third", { content: second.content });
  },
  failing() {
    const first = new File("first", { content: "fine" });
    new File("second", { content }, { dependsOn: [first] });
  },
  slow() {
    const first = new File("first", { content: "fine" });
    new File("second", { content: "slow", slow: "60000" }, { dependsOn: [first] });
  },
  updating() {
    new File("updated", { content });
  },
  cancelled() {
    const first = new File("first", { content, slow: "500" });
    new File("second", { content }, { dependsOn: [first] });
  },
  environment() {
    return { names: Object.keys(process.env) };
  },
  parallel() {
    new File("left", { content: "left", slow: "800" });
    new File("right", { content: "right", slow: "800" });
  },
  secrets() {
    const hidden = config.requireSecret("token");
    const file = new File("hidden", { content: hidden });
    new File("marked", { content: "plain" }, { additionalSecretOutputs: ["size"] });
    hidden.apply((text) => pulumi.log.info(`the token is ${text}`));
    return { token: hidden, content: file.content, open: "open" };
  },
  protected() {
    if (config.get("keep") !== "false") new File("kept", { content }, { protect: true });
  },
  ignoring() {
    new File("ignored", { content }, { ignoreChanges: ["content"] });
  },
  replacing() {
    new Note("replaced", { content }, { replaceOnChanges: ["content"], deleteBeforeReplace: true });
  },
  retained() {
    if (config.get("keep") !== "false") new File("retained", { content }, { retainOnDelete: true });
  },
  aliased() {
    const old = config.get("name") === undefined;
    new File(
      old ? "former" : "present",
      { content, name: "file" },
      old ? {} : { aliases: [{ name: "former" }] },
    );
  },
  replacements() {
    const later = config.get("later") === "true";
    const [name, seed] = later ? ["b", "s2"] : ["a", "s1"];
    const first = new File("first", { content, name });
    new File("user", { content: pulumi.interpolate`${first.id}!` });
    // A seed asks for deletion first, which takes along what has the same seed; the program may ask for the other
    // order.
    for (const [kind, options] of Object.entries(orders)) {
      const seeded = new File(`${kind}-seeded`, { content, seed }, options);
      new File(`${kind}-dependent`, { content: "stays", seed: seeded.seed });
      new File(
        `${kind}-follower`,
        { content: seeded.content, name: `${kind}-follower` },
        { dependsOn: [seeded] },
      );
    }
    new File("named", { content, name: `named-${name}` }, { deleteBeforeReplace: true });
  },
  aliases() {
    const later = config.get("later") === "true";
    const group = later ? "new" : "old";
    const provider = new FilesProvider(`${group}-files`, {}, { aliases: [{ name: "old-files" }] });
    new File(`${group}-name`, { content, name: "name" }, { provider, aliases: [{ name: "old-name" }] });
    const type = later ? "files:index:Note" : "files:index:File";
    new File("type", { content }, { aliases: [{ type: "files:index:File" }] }, type);
    // All that is below this component has its name in its own.
    new Shelf(group, content, { aliases: [{ name: "old" }] });
    const folder = new Folder("folder", "inside");
    const [inside, outside] = [{ parent: folder }, { parent: pulumi.rootStackResource }];
    new File("into", { content }, later ? { ...inside, aliases: [outside] } : outside);
    new File("out", { content }, later ? { ...outside, aliases: [inside] } : inside);
    const urn = "urn:pulumi:dev::fixture::files:index:File::old-urn";
    new File(`${group}-urn`, { content, name: "urn" }, { aliases: [urn] });
  },
  claimedTwice() {
    const later = config.get("later") === "true";
    const aliases = [{ name: "former" }];
    const first = new File(later ? "left" : "former", { content, name: "former" }, { aliases });
    if (later) new File("right", { content, name: "former" }, { aliases, dependsOn: [first] });
  },
  protection() {
    const protect = config.get("protect") !== "false";
    const seeds = { seed: config.get("seed") ?? "s1", first: config.get("first") ?? "s1" };
    const first = new File("first", { content: "fine", seed: seeds.first });
    new File("dependent", { content: "stays", seed: first.seed }, { protect });
    if (config.get("keep") === "false") return;
    const kept = new File("kept", { content, seed: seeds.seed }, { protect });
    new File("after", { content }, { dependsOn: [kept] });
    new Folder("folder", content, { protect });
  },
  leaving() {
    const later = config.get("later") === "true";
    new File("renamed", { content, name: later ? "b" : "a" }, { retainOnDelete: true });
    const host = new File("host", { content });
    new File("guest", { content }, { deletedWith: host });
    if (later) return;
    new File("retained", { content }, { retainOnDelete: true });
    new Folder("folder", content, { retainOnDelete: true });
  },
  ignoringPaths() {
    const [a, b] = [config.get("a") ?? "1", config.get("b") ?? "1"];
    const cases = {
      property: ["content"],
      path: ["labels.a"],
      quoted: ['labels["a"]'],
      every: ["labels[*]"],
      all: ["*"],
      absent: ["labels.c"],
      none: [],
    };
    const labels = { a, b, ...(a === "3" ? { c: "1" } : {}) };
    for (const [name, ignoreChanges] of Object.entries(cases)) {
      new File(`file-${name}`, { content, labels }, { ignoreChanges });
      new Note(`note-${name}`, { content, labels }, { ignoreChanges });
    }
    // What is replaced has nothing to keep: it gets what the program says.
    new File("replaced", { content, name: `replaced-${a}` }, { ignoreChanges: ["content"] });
  },
  replacingPaths() {
    const labels = { a: config.get("a") ?? "1", b: config.get("b") ?? "1" };
    const cases = {
      property: ["labels"],
      path: ["labels.a"],
      every: ["labels[*]"],
      all: ["*"],
      other: ["content"],
    };
    for (const [name, replaceOnChanges] of Object.entries(cases)) {
      new Note(`note-${name}`, { content, labels }, { replaceOnChanges });
      // Its provider does not say which property changed.
      new File(`file-${name}`, { content, labels }, { replaceOnChanges });
    }
  },
  ordered() {
    const first = new File("first", { content });
    const second = new File("second", { content }, { dependsOn: [first] });
    const shelf = new Shelf("shelf", content, { dependsOn: [second] });
    new File("last", { content: "last" }, { dependsOn: [shelf] });
  },
  providers() {
    const later = config.get("later") === "true";
    const explicit = (name: string, level: string) => ({ provider: new FilesProvider(name, { level }) });
    new File("to-explicit", { content }, later ? explicit("own", "1") : {});
    new File("to-default", { content }, later ? {} : explicit("former", "1"));
    new File("to-other", { content }, explicit(later ? "other" : "one", "1"));
    new File("to-settings", { content }, explicit("changed", later ? "2" : "1"));
  },
  unknowns() {
    const first = new File("first", { content });
    const second = new File("second", { content: pulumi.interpolate`${first.size}` });
    const answer = pulumi.runtime.invokeOutput<{ text: string }>("files:index:upper", { text: first.size });
    return { size: first.size, second: second.content, text: answer.apply(({ text }) => text), id: first.id };
  },
  nestedSecrets() {
    const hidden = config.requireSecret("token");
    const labels = { a: hidden, b: "open" };
    const file = new File("file", { content: "open", labels });
    const whole = new File("whole", { content: pulumi.interpolate`<${hidden}>` });
    new File("marked", { content: "plain" }, { additionalSecretOutputs: ["size"] });
    return { deep: { list: [hidden, "open"] }, content: whole.content, labels: file.labels, open: "open" };
  },
  shapes() {
    pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
      name === "transformed" ? { props: { ...props, content: `<${props.content}>` }, opts } : undefined,
    );
    new File("transformed", { content });
    new File("slow", { content }, { customTimeouts: { create: "5m", update: "1h30m", delete: "30s" } });
    for (const name of ["with space", "a::b", "ü/%$"]) new File(name, { content, name: "named" });
    // Resources among the outputs: by their reference.
    const folder = new Folder("folder", content);
    return { file: new File("file", { content }), folder };
  },
  getting() {
    const id = config.get("id") ?? "made-a";
    const files = ["made-a", "made-b"].map((name) => new File(name, { content: name }));
    const read = new File("read", { content: "" }, { id, dependsOn: files });
    const answer = pulumi.runtime.invokeOutput<{ text: string }>("files:index:upper", { text: read.content });
    new File("user", { content: answer.apply(({ text }) => text) });
    return { read: read.content };
  },
  /**
   * One that the stack makes and then only reads, one that it reads and then makes, and one that gives way to
   * another.
   */
  owning() {
    const later = config.get("later") === "true";
    const other = new File("other", { content });
    new File(
      "given-up",
      later ? { content: "", name: undefined } : { content },
      later ? { id: "given-up" } : {},
    );
    const reading = { id: "other", dependsOn: [other] };
    new File("taken", { content: "mine" }, later ? {} : reading);
    new File("swapped", later ? { content: "", name: undefined } : { content: "mine" }, later ? reading : {});
  },
  gettingNone() {
    new File("read", { content: "" }, { id: "nowhere" });
  },
  stuck() {
    const keep = config.get("keep") !== "false";
    if (keep) new File("stuck", { content: "stuck" });
    new File("moved", { content: keep ? "stuck" : content, name: keep ? "a" : "b" });
    new File("other", { content });
  },
  doubled() {
    for (const name of ["same", "same"]) new File(name, { content });
  },
  throwing() {
    new File("first", { content });
    throw new Error("the program is wrong");
  },
  rejecting() {
    const first = new File("first", { content });
    first.id.apply(() => {
      throw new Error("the program is wrong");
    });
  },
  crowd() {
    for (const name of ["a", "b", "c", "d"]) new File(name, { content, slow: "400" });
  },
  replacingWith() {
    new File("file", { content }, { replaceWith: [new FilesProvider("other")] });
  },
  hidingDiffs() {
    new File("file", { content }, { hideDiffs: ["content"] });
  },
  hooks() {
    const hook = new pulumi.ResourceHook("hook", async () => {});
    new File("file", { content }, { hooks: { beforeCreate: [hook] } });
  },
  stackTransforms() {
    pulumi.runtime.registerResourceTransform(() => undefined);
    new File("file", { content });
  },
  deletedWith() {
    const host = new File("host", { content });
    new File("guest", { content }, { deletedWith: host });
  },
  reference() {
    const other = new pulumi.StackReference("other", { name: config.require("other") });
    return { size: other.getOutput("size"), token: other.getOutput("token"), open: other.getOutput("open") };
  },
  invoking() {
    const answer = pulumi.runtime.invokeOutput<{ text: string }>("files:index:upper", { text: content });
    const file = new File("made", { content: answer.apply(({ text }) => text) });
    const read = new File("read", { content: "" }, { id: file.id });
    return { text: answer.apply(({ text }) => text), read: read.content };
  },
  absent() {
    const network = new File("network", { content }, {}, "cloud:net:Network");
    const machine = new File("machine", { content: network.size.apply(String) }, {}, "cloud:net:Machine");
    const answer = pulumi.runtime.invokeOutput<{ text: string }>("cloud:net:getImage", {});
    return { size: machine.size, image: answer.apply(({ text }) => text) };
  },
  transforming() {
    new File("changed", { content }, { transforms: [() => undefined] });
  },
  settings() {
    return { token: config.requireSecret("token"), content, list: config.requireObject("list") };
  },
  triggering() {
    new File("triggered", { content }, { replacementTrigger: "now" });
  },
  asset() {
    const text = new pulumi.asset.StringAsset("text") as unknown as string;
    new File("asset", { content: text });
  },
  importing() {
    new File("imported", { content }, { import: "some-id" });
  },
  many() {
    const provider = new FilesProvider("files");
    for (let at = 0; at < 30; at += 1) new File(`file-${at}`, { content }, { provider });
  },
};
