import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { forgeOutputs } from "../../cli/outputs";
import { personToken } from "../../cli/people";
import { eventually } from "../../local/eventually";
import { isReady } from "../../local/provider/kinds/service";
import { managerPid, servicePid, serviceStates } from "../../local/provider/supervisor";
import { askPredictions } from "./blobs";
import { environments, type RunningEnvironment, useCase } from "./environments";
import { ecluse } from "./setup";

let dev: RunningEnvironment;
let prod: RunningEnvironment;
let forgeUrl: string;
beforeAll(async () => {
  ({ dev, prod } = await environments());
  forgeUrl = (await forgeOutputs()).url;
});

/** How many runs dev's tracking server knows: its database and itself must answer. */
async function countedRuns(): Promise<number> {
  const token = await personToken(forgeUrl, "dev", "tracking", 60);
  const headers = {
    authorization: `Bearer ${token}`,
    "x-mlflow-workspace": useCase,
    "content-type": "application/json",
  };
  const experiment = await fetch(
    `${dev.tracking}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${useCase}`,
    { headers },
  );
  const { experiment_id } = ((await experiment.json()) as { experiment: { experiment_id: string } })
    .experiment;
  const body = JSON.stringify({ experiment_ids: [experiment_id] });
  const found = await fetch(`${dev.tracking}/api/2.0/mlflow/runs/search`, { method: "POST", headers, body });
  return ((await found.json()) as { runs: unknown[] }).runs.length;
}

/** The version that dev serves, when it has loaded it: none and none are not the same champion. */
const champion = (): Promise<string> =>
  eventually("dev serves its champion", async () => {
    const health = await (await fetch(`${dev.own.serving}/health`)).json();
    return (health as { version: string | null }).version ?? undefined;
  });

/** The same once tracking server and database answer, which may have been killed just now. */
const runs = (): Promise<number> =>
  eventually("dev counts its runs", async () => (await countedRuns()) || undefined);

describe("kill -9", () => {
  it.each<[string, string, () => string | undefined]>([
    ["dev", "postgres", () => `tcp://${dev.database}`],
    ["dev", "blobs", () => `tcp://${new URL(dev.blob).host}`],
    ["dev", "tracking", () => `${dev.tracking}/health`],
    ["dev", `serving-${useCase}`, () => `${dev.own.serving}/ready`],
    ["dev", "scheduler", () => undefined],
    ["forge", "forge", () => `${forgeUrl}/health`],
  ])("of %s/%s: it is back within seconds, and the data is there", async (environment, name, ready) => {
    const before = { runs: await runs(), champion: await champion() };
    expect(before.runs).toBeGreaterThan(0);
    const pid = await servicePid(environment, name);
    process.kill(pid as number, "SIGKILL");
    await eventually(`${name} is started again`, async () => {
      const now = await servicePid(environment, name);
      return (
        now !== undefined && now !== pid && (ready() === undefined || (await isReady(ready() as string)))
      );
    });
    await eventually(
      "runs and champion are back",
      async () => (await runs()) === before.runs && (await champion()) === before.champion,
    );
  });

  it("of the process manager: its services end with it, and start brings all back", async () => {
    const before = { runs: await runs(), champion: await champion() };
    const service = await servicePid("dev", "tracking");
    process.kill(managerPid("dev") as number, "SIGKILL");
    await eventually("the service ends", async () => {
      try {
        process.kill(service as number, 0);
        return false;
      } catch {
        return true;
      }
    });
    expect((await ecluse(["start"])).code).toBe(0);
    expect(await champion()).toBe(before.champion);
    await eventually("all runs are back", async () => (await runs()) === before.runs);
  });
});

/** Waits until the store has what the model server gave before, which may be about to start. */
const flushed = (environment: RunningEnvironment) =>
  eventually(`the predictions of ${environment.environment} are in its store`, async () => {
    const token = await personToken(forgeUrl, environment.environment, "serving", 600);
    const request = { method: "POST", headers: { authorization: `Bearer ${token}` } };
    return (await fetch(`${environment.own.serving}/flush`, request)).ok;
  });

/** Asks for scores of one record under new ids, again and again; gives the ids that were answered. */
async function askForScores(record: object, over: AbortSignal): Promise<string[]> {
  const answered: string[] = [];
  const authorization = `Bearer ${await personToken(forgeUrl, "dev", "serving", 600)}`;
  while (!over.aborted) {
    // A record that is sent again would have the prediction id that it had.
    const body = JSON.stringify({ records: [{ ...record, id: randomUUID() }] });
    const request = { method: "POST", headers: { authorization }, body };
    const answer = await fetch(`${dev.own.serving}/score`, request).catch(() => undefined);
    const found = (await answer?.json().catch(() => undefined)) as ScoreAnswer | undefined;
    if (answer?.ok) answered.push(...(found?.predictions ?? []).map(({ prediction_id }) => prediction_id));
  }
  return answered;
}

interface ScoreAnswer {
  readonly predictions: readonly { readonly prediction_id: string }[];
}

describe("kill -9 under load", () => {
  it("loses no prediction that was answered", async () => {
    const record = await askPredictions<object>(
      prod,
      '{"id": rows["id"][0], **{k[6:]: v for k, v in rows.row(0, named=True).items() if k[:6] == "input_"}}',
    );
    const over = new AbortController();
    const asking = [1, 2, 3, 4].map(() => askForScores(record, over.signal));
    for (const name of ["blobs", `serving-${useCase}`, "blobs", "tracking", "blobs", "postgres", "blobs"]) {
      await setTimeout(1000 + Math.random() * 2000);
      process.kill((await eventually(`${name} runs`, () => servicePid("dev", name))) as number, "SIGKILL");
    }
    over.abort();
    const answered = (await Promise.all(asking)).flat();
    await flushed(dev);
    const kept = new Set(await askPredictions<string[]>(dev, 'rows["prediction_id"].to_list()'));
    expect(answered.length).toBeGreaterThan(10);
    expect(answered.filter((id) => !kept.has(id))).toEqual([]);
  });
});

describe("stop and start", () => {
  it("keep the data, the ports and the champion", async () => {
    const before = { runs: await runs(), champion: await champion() };
    expect((await ecluse(["stop"])).code).toBe(0);
    expect(await serviceStates("prod")).toEqual({});
    expect(await isReady(`${dev.tracking}/health`)).toBe(false);
    expect((await ecluse(["start"])).code).toBe(0);
    // Whoever sees that it started may ask for scores at once.
    expect(await champion()).toBe(before.champion);
    await eventually("all runs are back", async () => (await runs()) === before.runs);
  });

  it("leave nothing for the main job to do", async () => {
    const { code, stdout } = await ecluse(["run", "--all"]);
    expect([code, stdout.split("\n")[0]]).toEqual([0, expect.stringMatching(/^Nothing to change \(\d+ s\)/)]);
  });
});
