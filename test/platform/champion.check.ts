import { beforeAll, describe, expect, it } from "vitest";
import { forgeOutputs } from "../../cli/outputs";
import { personToken } from "../../cli/people";
import { audience } from "../../components/naming";
import { eventually } from "../../local/eventually";
import { servicePid } from "../../local/provider/supervisor";
import { admits, ciToken, environments, type RunningEnvironment, useCase } from "./environments";

let prod: RunningEnvironment;
let token: string;
let artifact: string;
let original: ArrayBuffer;

const api = (path: string) => `${prod.tracking}/api/2.0/${path}`;
const asTraining = (path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${token}`, "x-mlflow-workspace": useCase };
  return fetch(api(path), { ...init, headers: { ...headers, ...init.headers } });
};
const post = (path: string, body: object) =>
  asTraining(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

/** Where the released model's file is behind the tracking server. */
async function modelFile(): Promise<string> {
  const version = await asTraining(`mlflow/registered-models/alias?name=${useCase}&alias=champion`);
  const { source } = ((await version.json()) as { model_version: { source: string } }).model_version;
  const model = await asTraining(`mlflow/logged-models/${source.replace("models:/", "")}`);
  const { artifact_uri } = ((await model.json()) as { model: { info: { artifact_uri: string } } }).model.info;
  return `mlflow-artifacts/artifacts/${artifact_uri.replace(/^mlflow-artifacts:\/+/, "")}/model.skops`;
}

/** Restarts the model server by killing it, and gives what it answers to a request for scores when it is back. */
async function scoredAfterRestart(): Promise<{ status: number; text: string }> {
  const pid = await servicePid("prod", `serving-${useCase}`);
  process.kill(pid as number, "SIGKILL");
  await eventually(
    "the model server starts again",
    async () => (await servicePid("prod", `serving-${useCase}`)) !== pid,
  );
  const authorization = `Bearer ${await personToken((await forgeOutputs()).url, "prod", "serving", 60)}`;
  return eventually("the model server has looked for its champion", async () => {
    const request = { method: "POST", headers: { authorization }, body: '{"records":[]}' };
    const answer = await fetch(`${prod.own.serving}/score`, request);
    const text = await answer.text();
    return text.includes("looked for yet") ? undefined : { status: answer.status, text };
  });
}

beforeAll(async () => {
  ({ prod } = await environments());
  token = await ciToken("prod", audience("prod", "tracking"), {}, 300);
  artifact = await modelFile();
  original = await (await asTraining(artifact)).arrayBuffer();
});

describe("a training job of production", () => {
  it("cannot make a version or move an alias", async () => {
    const version = await post("mlflow/model-versions/create", { name: useCase, source: "models:/m-0" });
    const alias = await post("mlflow/registered-models/alias", {
      name: useCase,
      alias: "champion",
      version: "1",
    });
    expect([version.status, alias.status]).toEqual([403, 403]);
  });

  it("can write a run, which is what it is for", async () => {
    expect(await admits(api(`mlflow/experiments/get-by-name?experiment_name=${useCase}`), token)).toBe(true);
  });

  it("cannot change a released model's bytes: the champion serves as before", async () => {
    const changed = new Uint8Array(original.slice(0));
    changed[changed.length >> 1] = (changed[changed.length >> 1] as number) ^ 1;
    const refused = await asTraining(artifact, { method: "PUT", body: changed });
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringMatching(/is released, and its files are final/),
    ]);
    expect(Buffer.from(await (await asTraining(artifact)).arrayBuffer())).toEqual(Buffer.from(original));
    expect((await scoredAfterRestart()).status).not.toBe(503);
  });
});
