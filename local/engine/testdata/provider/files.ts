import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type * as pulumi from "@pulumi/pulumi";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const folder = process.env.FIXTURE_DIR ?? "";

type Wire = Record<string, unknown>;

/** A value without the mark of a secret, which is the one special value that has a `value`. */
const open = (value: unknown) =>
  typeof value === "object" && value !== null && SIGNATURE in value && "value" in value ? value.value : value;

function plain(properties: Wire): Record<string, string> {
  const text = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, text(open(value))]));
}

/** The inputs as they were given; of those that are secret as a whole it loses the mark, which the engine must not. */
function given(inputs: Wire): Wire {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, open(value)]));
}

/** The error for a resource that is there but not ready, in the form that the SDK knows. */
function unready(id: string, properties: Wire): Error {
  return Object.assign(new Error("not ready"), { id, properties, reasons: ["it sleeps"] });
}

/** Whether the test has let what is slow or stuck pass. */
const resumed = () => existsSync(join(folder, "resume"));

/**
 * Writes files `<name>` with `content` under FIXTURE_DIR; every call that changes something is a line of `calls.log`
 * there, and every other one a line of `asked.log`. Of a `Note` it does not know what changed, so that the engine
 * must compare its inputs.
 */
export class FileProvider implements pulumi.provider.Provider {
  readonly version = "1.0.0";

  async check(urn: string, olds: Wire, news: Wire): Promise<pulumi.provider.CheckResult> {
    ask("check", urn, olds, news);
    const { content } = plain(news);
    return { inputs: news, failures: content === "forbidden" ? [{ property: "content", reason: "no" }] : [] };
  }

  async diff(id: string, urn: string, olds: Wire, news: Wire): Promise<pulumi.provider.DiffResult> {
    ask("diff", urn, id, olds, news);
    if (urn.includes(":Note::")) return {};
    const [old, next] = [plain(olds), plain(news)];
    const changed = (key: string) => old[key] !== next[key];
    const replaces = ["name", "seed"].filter(changed);
    return {
      changes: replaces.length > 0 || changed("content") || changed("labels"),
      replaces,
      deleteBeforeReplace: changed("seed") && !changed("name"),
    };
  }

  async create(urn: string, inputs: Wire): Promise<pulumi.provider.CreateResult> {
    const { name = "", content = "", slow } = plain(inputs);
    log("create", urn);
    if (content === "fail") throw new Error(`cannot write ${name}: asked to fail`);
    if (content.endsWith(": fail")) throw new Error(`cannot write ${content}`);
    if (content.includes(UNKNOWN)) throw new Error("an unknown reached create");
    await this.pause(slow);
    writeFileSync(join(folder, name), content);
    const outs = { ...given(inputs), size: content.length };
    if (content === "unready") throw unready(name, outs);
    return { id: name, outs };
  }

  private async pause(milliseconds = "0"): Promise<void> {
    if (!resumed()) await sleep(Number(milliseconds));
  }

  async update(id: string, urn: string, _olds: Wire, news: Wire): Promise<pulumi.provider.UpdateResult> {
    const { content = "" } = plain(news);
    log("update", urn);
    if (content === "two") await this.pause("60000");
    if (content === "fail") throw new Error(`cannot write ${id}: asked to fail`);
    writeFileSync(join(folder, id), content);
    const outs = { ...given(news), size: content.length };
    if (content === "unready too") throw unready(id, outs);
    return { outs };
  }

  async delete(id: string, urn: string, outputs: Wire): Promise<void> {
    log("delete", urn);
    if (plain(outputs).content === "stuck" && !resumed())
      throw new Error(`cannot delete ${id}: asked to fail`);
    rmSync(join(folder, id), { force: true });
  }

  async read(id: string, urn: string, props?: Wire): Promise<pulumi.provider.ReadResult> {
    ask("read", urn, id, props);
    const file = join(folder, id);
    if (!existsSync(file)) return { id: "", props: {} };
    return { id, props: { name: id, content: readFileSync(file, "utf8") } };
  }

  async invoke(token: string, inputs: Wire): Promise<pulumi.provider.InvokeResult> {
    ask("invoke", token, inputs);
    return { outputs: { token, text: String(inputs.text).toUpperCase() } };
  }
}

function log(call: string, urn: string): void {
  appendFileSync(join(folder, "calls.log"), `${call} ${urn.split("::").at(-1)}\n`);
}

function ask(call: string, subject: string, ...values: unknown[]): void {
  const texts = [subject.split("::").at(-1), ...values.map((value) => JSON.stringify(value))];
  appendFileSync(join(folder, "asked.log"), `${call} ${texts.join(" ")}\n`);
}
