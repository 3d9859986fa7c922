import { expect, it } from "vitest";
import { git } from "../../local/forge/git";
import { repositoryOf } from "../../local/forge/projects";
import { application, registry, useCase } from "./forge";
import { type Ground, minutes, personToken, reporter, statuses } from "./ground";
import { endOf, startJob } from "./jobs";
import { Server } from "./server";

/** Bank churn in production, by the commit that `main` has; its tests run in this order, after those of dev. */
export function production(ground: () => Ground): void {
  const namespace = `prod-${useCase}`;
  const main = () => {
    const { home, pipelines } = ground().forge;
    return git(repositoryOf(home, pipelines.project), ["rev-parse", "main"]).trim();
  };

  it("lands its own rows, with the image of main's commit", { timeout: minutes(15) }, async () => {
    const { client } = ground();
    const image = `${registry}/${useCase}:${main()}`;
    const job = await startJob(client, namespace, "land", "land-1", { image });
    const { code, log } = await endOf(client, job, 600);
    console.log(log);
    expect([code, log]).toEqual([0, expect.stringMatching(/landed/)]);
  });

  it("trains the commit on all rows after an approval, tests and releases it", {
    timeout: minutes(40),
  }, async () => {
    const { forge, state } = ground();
    forge.take(await state());
    const asked = { ref: "main", sha: main(), started: ["promote-prod"], onEvent: reporter(forge) };
    const record = await forge.pipelines.run(asked);
    expect([record.reason, statuses(record)]).toMatchObject([
      undefined,
      { "promote-prod": "passed", "train-prod": "passed", "test-prod": "passed", "release-prod": "passed" },
    ]);
  });

  it("serves it", async () => {
    const { client, forge } = ground();
    const token = await personToken(forge, application("prod"));
    const server = await Server.find(client, namespace, "serve");
    expect(await server.ask("/champion", token)).toMatchObject({ status: 200, body: { commit: main() } });
  });
}
