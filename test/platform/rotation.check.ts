import { beforeAll, expect, it } from "vitest";
import type { SecretAge } from "../../cli/rotation/rotate";
import { type Status, status } from "../../cli/status";
import { objectStore } from "../../local/objectStore/client";
import {
  databaseAdmits,
  environments,
  type RunningEnvironment,
  secretOf,
  storeOf,
  useCase,
} from "./environments";
import { ecluse } from "./setup";

// Every secret of development that a command replaces, in one rotation: what was known of them opens nothing.

let before: RunningEnvironment;
let after: RunningEnvironment;
let began: number;
const championOf = ({ environments: all }: Status, name: string) =>
  all.find(({ environment }) => environment === name)?.useCases[useCase]?.champion;
let champions: readonly unknown[];

beforeAll(async () => {
  before = (await environments()).dev;
  const now = await status();
  champions = ["dev", "prod"].map((name) => championOf(now, name));
  began = Date.now();
  const names = ["database-password", "store-key", "session-key", "workload-key"];
  const { code, stdout, stderr } = await ecluse(["rotate", ...names, "--env", "dev", "--json"]);
  expect(code, stderr.slice(-3000)).toBe(0);
  const ages = JSON.parse(stdout) as SecretAge[];
  for (const name of names)
    expect(Date.parse(ages.find((each) => each.name === name)?.since ?? "")).toBeGreaterThanOrEqual(
      began - 1000,
    );
  after = (await environments()).dev;
}, 600_000);

it("ends the former password, and the new one opens", async () => {
  const password = (of: RunningEnvironment) => secretOf(of, "database-role-password", "value");
  expect(await databaseAdmits(after, "mlflow", password(before), "tracking")).toBe(false);
  expect(await databaseAdmits(after, "mlflow", password(after), "tracking")).toBe(true);
});

it("ends the former key of the store, and the URLs that it signed", async () => {
  const { account, endpoint, key } = storeOf(before);
  const list = (open: () => Promise<string[]>) => open().catch((error) => objectStore.isRefusal(error));
  expect(await list(() => objectStore.openByKey({ account, endpoint, key }, "data").list())).toBe(true);
  expect(await list(() => objectStore.open(before.own.dataUrl).list())).toBe(true);
  expect(await list(() => objectStore.open(after.own.dataUrl).list())).toEqual(expect.any(Array));
});

it("signs workloads' tokens by a new key", () => {
  const key = (of: RunningEnvironment) => secretOf(of, "workload-key", "privateKey");
  expect(key(after)).not.toBe(key(before));
});

it("leaves every champion serving", async () => {
  const now = await status();
  expect(["dev", "prod"].map((name) => championOf(now, name))).toEqual(champions);
});
