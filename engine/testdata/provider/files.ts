import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type * as pulumi from "@pulumi/pulumi";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const folder = process.env.FIXTURE_DIR ?? "";

type Wire = Record<string, unknown>;

function plain(properties: Wire): Record<string, string> {
  const open = (value: unknown) =>
    typeof value === "object" && value !== null && SIGNATURE in value ? (value as Wire).value : value;
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, String(open(value))]));
}

/** Writes files `<name>` with `content` under FIXTURE_DIR; every call is a line of `calls.log` there. */
export class FileProvider implements pulumi.provider.Provider {
  readonly version = "1.0.0";

  async check(_urn: string, _olds: Wire, news: Wire): Promise<pulumi.provider.CheckResult> {
    const { content } = plain(news);
    return { inputs: news, failures: content === "forbidden" ? [{ property: "content", reason: "no" }] : [] };
  }

  async diff(_id: string, _urn: string, olds: Wire, news: Wire): Promise<pulumi.provider.DiffResult> {
    const [old, next] = [plain(olds), plain(news)];
    const changed = (key: string) => old[key] !== next[key];
    const replaces = ["name", "seed"].filter(changed);
    return {
      changes: replaces.length > 0 || changed("content"),
      replaces,
      deleteBeforeReplace: changed("seed") && !changed("name"),
    };
  }

  async create(urn: string, inputs: Wire): Promise<pulumi.provider.CreateResult> {
    const { name = "", content = "", slow } = plain(inputs);
    log("create", urn);
    if (content === "fail") throw new Error(`cannot write ${name}: told to fail`);
    if (content.endsWith(": fail")) throw new Error(`cannot write ${content}`);
    if (content.includes(UNKNOWN)) throw new Error("an unknown reached create");
    await this.pause(slow);
    writeFileSync(join(folder, name), content);
    return { id: name, outs: { ...plain(inputs), size: content.length } };
  }

  private async pause(milliseconds = "0"): Promise<void> {
    if (!existsSync(join(folder, "resume"))) await sleep(Number(milliseconds));
  }

  async update(id: string, urn: string, _olds: Wire, news: Wire): Promise<pulumi.provider.UpdateResult> {
    const { content = "" } = plain(news);
    log("update", urn);
    if (content === "two") await this.pause("60000");
    if (content === "fail") throw new Error(`cannot write ${id}: told to fail`);
    writeFileSync(join(folder, id), content);
    return { outs: { ...plain(news), size: content.length } };
  }

  async delete(id: string, urn: string): Promise<void> {
    log("delete", urn);
    rmSync(join(folder, id), { force: true });
  }

  async read(id: string, _urn: string): Promise<pulumi.provider.ReadResult> {
    const file = join(folder, id);
    if (!existsSync(file)) return { id: "", props: {} };
    return { id, props: { name: id, content: readFileSync(file, "utf8") } };
  }

  async invoke(token: string, inputs: Wire): Promise<pulumi.provider.InvokeResult> {
    return { outputs: { token, text: String(inputs.text).toUpperCase() } };
  }
}

function log(call: string, urn: string): void {
  appendFileSync(join(folder, "calls.log"), `${call} ${urn.split("::").at(-1)}\n`);
}
