import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../local/eventually";
import { temporaryFolder } from "../../local/forge/fixture";
import { readJson } from "../../local/forge/store";
import { homeFolder, projectRoot } from "../../local/home";
import { python } from "../../local/provider/supervisor";
import { askPredictions, blobs } from "./blobs";
import { environments, type RunningEnvironment, useCase } from "./environments";
import { ecluse } from "./setup";

let dev: RunningEnvironment;
let prod: RunningEnvironment;
beforeAll(async () => {
  ({ dev, prod } = await environments());
});

/**
 * The link of `ecluse open --mlflow`, at the loopback address with the host name it has: not every resolver knows
 * `*.localhost`.
 */
async function openLink(environment: string): Promise<{ url: string; host: string }> {
  const { stdout } = await ecluse(["open", environment, "--mlflow"]);
  const link = new URL(stdout.trim().split("\n").at(-1) as string);
  return { url: `http://127.0.0.1:${link.port}${link.pathname}${link.search}`, host: link.host };
}

describe("open", () => {
  it("logs in once, with a cookie that scripts and other sites cannot use", async () => {
    const { url, host } = await openLink("dev");
    const first = await fetch(url, { headers: { host }, redirect: "manual" });
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(first.status).toBe(303);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    const page = await fetch(dev.tracking, { headers: { host, cookie: cookie.split(";")[0] as string } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<title>MLflow</title>")]);
    expect((await fetch(url, { headers: { host }, redirect: "manual" })).status).toBe(401);
  });

  it("gives a session that production does not take", async () => {
    const { url, host } = await openLink("dev");
    const cookie =
      (await fetch(url, { headers: { host }, redirect: "manual" })).headers
        .get("set-cookie")
        ?.split(";")[0] ?? "";
    expect((await fetch(prod.tracking, { headers: { cookie } })).status).toBe(401);
  });
});

describe("login", () => {
  const makes = (login: Record<string, string>) => {
    const code = `import mlflow, time; mlflow.create_experiment(f"trial-{time.time_ns()}"); print("made")`;
    const env = { PATH: "/usr/bin:/bin", MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0", ...login };
    return spawnSync(python, ["-c", code], { env, encoding: "utf8", timeout: 120_000 });
  };

  it("makes stock MLflow work, for a scientist in dev and an onlooker in prod", async () => {
    const [inDev, inProd] = await Promise.all(
      ["dev", "prod"].map(
        async (environment) =>
          JSON.parse((await ecluse(["login", environment, "--json"])).stdout) as Record<string, string>,
      ),
    );
    expect(JSON.stringify(inDev)).not.toMatch(/eyJ/);
    expect(inDev).toMatchObject({
      ECLUSE_DATA_URL: expect.stringMatching(/^file:/),
      ECLUSE_USE_CASE: useCase,
    });
    expect(inProd).not.toHaveProperty("ECLUSE_DATA_URL");
    expect(makes(inDev as Record<string, string>).stdout).toBe("made\n");
    expect(makes(inProd as Record<string, string>).stderr).toMatch(/403|Permission denied/);
  });
});

describe("shell", () => {
  const shell = (words: readonly string[], ...options: string[]) =>
    ecluse(["shell", useCase, ...options, "--", ...words]);

  it("trains on landed data as this person, whose run no release takes", async () => {
    const trained = await shell(["python", "-m", "ecluse", "train"]);
    expect(trained).toMatchObject({ code: 0 });
    const { run_id } = JSON.parse(trained.stdout.trim().split("\n").at(-1) ?? "");
    const asked = `import mlflow; run = mlflow.get_run("${run_id}"); print(run.info.user_id, sorted(run.data.tags))`;
    const { stdout } = await shell(["python", "-c", asked]);
    expect(stdout).toMatch(/^person:/m);
    expect(stdout).not.toContain("ecluse.verified.commit");
    rmSync(join(projectRoot, "usecases", useCase, "model.json"));
  });

  it("has rows of the use case alone, none that is held out, and no credential of the store", async () => {
    const asked = `import os; from ecluse import sample; print(len(sample(9)), os.environ["ECLUSE_DATA_URL"], {name
      for name, value in os.environ.items() if "sig=" in value or "eyJ" in value or "HOLDOUT" in name})`;
    const { stdout } = await shell(["python", "-c", asked]);
    expect(stdout).toMatch(/^9 file:\/\/\S+\/landed\/bank-churn\/data set\(\)$/m);
  });

  it("is refused in production by name, and ends as its command does", async () => {
    const refused = await shell(["true"], "--environment", "prod");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("prod is of tier production") });
    expect(await shell(["sh", "-c", "exit 7"])).toMatchObject({ code: 7 });
  });
});

describe("score", () => {
  const folder = temporaryFolder("score-");
  const rows = [
    "customer_id,country,gender,age,credit_score,tenure,balance,products,has_card,active,salary",
    "score-1,Germany,Female,58,600,3,90000.5,1,1,0,50000",
    "score-2,France,Male,31,700,5,0,2,1,1,80000.25",
  ];
  const input = join(folder, "rows.csv");
  const score = (...options: string[]) => ecluse(["score", "dev", useCase, ...options]);

  it("gives each row of a file its prediction, which is logged", async () => {
    writeFileSync(input, rows.join("\n"));
    const output = join(folder, "scores.csv");
    const files = ["--input", input, "--output", output, "--id", "customer_id"];
    const { code, stdout, stderr } = await score(...files);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^2 rows are scored by model version \d+: .*scores\.csv\n$/),
    ]);
    expect(stderr).toMatch(/2 of 2 rows are scored/);
    const [head, ...lines] = readFileSync(output, "utf8").trim().split("\n");
    expect(head).toBe("id,prediction_id,model_version,score");
    const made = lines.map((line) => line.split(","));
    expect(made.map(([id]) => id)).toEqual(["score-1", "score-2"]);
    const logged = () =>
      askPredictions<[string, string, number][]>(
        dev,
        'rows.filter(pl.col("id").str.starts_with("score-")).sort("id").select("id", "prediction_id", "score").rows()',
      );
    const wanted = made.map(([id, prediction, , value]) => [id, prediction, Number(value)]);
    await eventually("both are in the store", async () => {
      const names = [...(await blobs(dev, "inference")).keys()];
      return names.some((name) => name.startsWith(`${useCase}/date=`)) && (await logged()).length === 2;
    });
    expect(await logged()).toEqual(wanted);
    expect(await score(...files)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/scores\.csv is there already; move it/),
    });
  });

  it("tries one row, and says what does not fit", async () => {
    const [names, values] = rows.slice(0, 2).map((line) => line.split(",").slice(1)) as [string[], string[]];
    const row = Object.fromEntries(
      names.map((name, at) => [name, at < 2 ? values[at] : Number(values[at])] as const),
    );
    const { code, stdout } = await score("--row", JSON.stringify(row));
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        model_version: expect.any(String),
        predictions: [expect.objectContaining({ score: expect.any(Number) })],
      },
    ]);
    const said = async (...options: string[]) => (await score(...options)).stderr;
    expect(await said("--row", JSON.stringify({ ...row, age: null }))).toMatch(
      /records\[0\]\.age is required, got null/,
    );
    expect(await said("--row", JSON.stringify({ ...row, age: "old" }))).toMatch(
      /records\[0\]\.age must be double, got 'old'/,
    );
    expect(await said("--row", "{age: 4}")).toMatch(/--row is no JSON/);
    expect(await said("--input", input)).toMatch(/give --input and --output/);
    expect(await said("--input", input, "--output", join(folder, "other.csv"))).toMatch(
      /column id is missing; it must have id, country/,
    );
  });
});

describe("labels", () => {
  const folder = temporaryFolder("labels-");
  const send = (name: string, text: string) => {
    const file = join(folder, "labels.csv");
    writeFileSync(file, text);
    return ecluse(["labels", "dev", name, file]);
  };

  it("go from a file to the model server, as the person at this machine", async () => {
    const { code, stdout } = await send(useCase, "id,date,label\nc-1,2026-01-31,1\nc-2,2026-01-31,0\n");
    expect([code, stdout]).toEqual([0, "2 labels are kept\n"]);
  });

  it("are refused in words, with the fix", async () => {
    const { code, stderr } = await send(useCase, "id,label\nc-1,1\n");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/give each label its prediction_id, or id and date/),
    ]);
    expect(stderr).not.toMatch(/ECLUSE_DEBUG/);
    expect((await send("loans", "")).stderr).toMatch(
      /dev has no use case loans; those that it has: bank-churn/,
    );
  });
});

describe("what people see after the main job", () => {
  it("is an alert at the forge, marked as a demonstration, and nothing of the clean day", () => {
    const { issues } = readJson<{ issues: { title: string; labels: string[]; description: string }[] }>(
      join(homeFolder(), "forge/issues.json"),
      { issues: [] },
    );
    expect(issues).toHaveLength(1);
    expect(issues[0]?.title).toMatch(/^\[demonstration\] Monitor: bank-churn in prod/);
    expect(issues[0]?.labels).toContain("demonstration");
    expect(issues[0]?.description).toContain("age drifted");
  });

  it("is each prediction in production's own store, with model version, inputs, score and time", async () => {
    const days = await askPredictions<unknown>(
      prod,
      'rows.drop_nulls(["model_version", "score", "time", "input_age"]).group_by(pl.col("time").dt.date()).len()["len"].to_list()',
    );
    expect(days).toEqual([5_000, 5_000]);
  });

  it("is a page of the drifted day, which the monitor's command writes where they are", async () => {
    const folder = temporaryFolder("page-");
    const [, day = ""] =
      /critical on ([\d-]+) \(demonstration\)/.exec((await ecluse(["status"])).stdout) ?? [];
    const words = ["monitor", "prod", useCase, "report", "--as-of", day, "--html", join(folder, "day.html")];
    const { code, stdout } = await ecluse(words);
    expect(code).toBe(20);
    expect(stdout).toContain(`${useCase} in prod on ${day}: critical`);
    expect(readFileSync(join(folder, "day.html"), "utf8")).toMatch(
      /<h3>country <span class="badge critical">/,
    );
  });

  it("is one status for people and for machines", async () => {
    const [people, machines] = [await ecluse(["status"]), await ecluse(["status", "--json"])];
    const { environments } = JSON.parse(machines.stdout) as {
      environments: {
        environment: string;
        tracking: string;
        useCases: Record<string, { champion: { commit: string } }>;
      }[];
    };
    expect(environments.map(({ environment }) => environment)).toEqual(["dev", "prod"]);
    for (const { tracking, useCases } of environments) {
      expect(people.stdout).toContain(tracking);
      expect(people.stdout).toContain(useCases[useCase]?.champion.commit.slice(0, 8));
    }
  });
});
