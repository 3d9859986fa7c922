import { beforeAll, describe, expect, it } from "vitest";
import { forgeOutputs } from "../../cli/outputs";
import { personToken } from "../../cli/people";
import { isReady } from "../../local/provider/kinds/service";
import { managerPid, servicePid, serviceStates } from "../../local/provider/supervisor";
import { environments, type RunningEnvironment, useCase } from "./environments";
import { eventually } from "./eventually";
import { ecluse } from "./setup";

let dev: RunningEnvironment;
let forgeUrl: string;
beforeAll(async () => {
  ({ dev } = await environments());
  forgeUrl = (await forgeOutputs()).url;
});

/** How many runs dev's tracking server knows: its database and itself must answer. */
async function runs(): Promise<number> {
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

/** The version that dev serves; throws where there is none, so that none and none are not the same champion. */
async function champion(): Promise<string> {
  const { version } = (await (await fetch(`${dev.own.serving}/health`)).json()) as { version: string | null };
  if (version === null) throw new Error("no champion serves");
  return version;
}

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
    await eventually(async () => {
      const now = await servicePid(environment, name);
      return (
        now !== undefined && now !== pid && (ready() === undefined || (await isReady(ready() as string)))
      );
    });
    await eventually(async () => (await runs()) === before.runs && (await champion()) === before.champion);
  });

  it("of the process manager: its services end with it, and start brings all back", async () => {
    const before = { runs: await runs(), champion: await champion() };
    const service = await servicePid("dev", "tracking");
    process.kill(managerPid("dev") as number, "SIGKILL");
    await eventually(async () => {
      try {
        process.kill(service as number, 0);
        return false;
      } catch {
        return true;
      }
    });
    expect((await ecluse(["start"])).code).toBe(0);
    expect(await champion()).toBe(before.champion);
    await eventually(async () => (await runs()) === before.runs);
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
    await eventually(async () => (await runs()) === before.runs);
  });

  it("leave nothing for the main job to do", async () => {
    const { code, stdout } = await ecluse(["run", "--all"]);
    expect([code, stdout.split("\n")[0]]).toEqual([0, expect.stringMatching(/^Nothing to change \(\d+ s\)/)]);
  });
});
