import { join } from "node:path";
import { expect, it } from "vitest";
import { git } from "../../local/forge/git";
import { repositoryOf } from "../../local/forge/projects";
import { block, follow, shellFunction } from "./docs";
import { application, useCase } from "./forge";
import { type Ground, minutes, personToken, reporter, statuses } from "./ground";
import { kubectl } from "./kubectl";
import { runUseCase } from "./useCaseCode";

/** Draws customers of production into a file, as a team exports its own. */
function drawCustomers(file: string): void {
  const script =
    "import sys; from bank_churn.population import draw, generator; " +
    'draw(10_000, generator(7, "prod")).to_parquet(sys.argv[1])';
  runUseCase(["-c", script, file]);
}

/** Bank churn in production, by the commit that `main` has; its tests run in this order, after those of dev. */
export function production(ground: () => Ground): void {
  const namespace = `prod-${useCase}`;
  const main = () => {
    const { home, pipelines } = ground().forge;
    return git(repositoryOf(home, pipelines.project), ["rev-parse", "main"]).trim();
  };

  it("lands rows of a file by the docs' commands, with the image of main's commit", {
    timeout: minutes(15),
  }, async () => {
    const { home } = ground().forge;
    drawCustomers(join(home, "customers.parquet"));
    const commands = shellFunction(block("landing() {"), "landing") + block("kubectl cp customers.parquet");
    await follow(commands, { COMMIT: main(), "dev-": "prod-" }, home);
    expect(await kubectl("logs", "job/land-2", "--namespace", namespace)).toMatch(/landed/);
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
    const { forge } = ground();
    const token = await personToken(forge, application("prod"));
    const server = forge.outside("prod", useCase);
    expect(await server.ask("/champion", token)).toMatchObject({ status: 200, body: { commit: main() } });
  });
}
