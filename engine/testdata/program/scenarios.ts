import * as pulumi from "@pulumi/pulumi";
import { File, FilesProvider, Folder } from "./files";

const config = new pulumi.Config();
const content = config.get("content") ?? "one";

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
    new File("replaced", { content }, { replaceOnChanges: ["content"], deleteBeforeReplace: true });
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
