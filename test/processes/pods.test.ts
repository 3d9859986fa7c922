import { beforeAll, expect, it } from "vitest";
import { type Recorded, testSettings } from "../../components/kubernetes/fixture";
import { container, run, without } from "../../components/kubernetes/fixtureWorkloads";
import pods from "./pods.json";

let made: Recorded[];
beforeAll(async () => {
  made = await run(without({ ...testSettings(), forge: undefined }, "runner"));
});

/** What the platform's own modules read; the rest is a target's, such as credentials of its store. */
const ours = (names: readonly string[]) => names.filter((name) => /^(ECLUSE|MLFLOW)_/.test(name)).sort();

// Azure's database alone gives this Job its variables: components/azure/database.test.ts has them.
const elsewhere = ["ECLUSE_ADMIN_DATABASE", "ECLUSE_DATABASE_LOGIN", "ECLUSE_DATABASE_ROLES"];

it.each(Object.entries(pods))("the manifest of %s starts what test_processes.py starts", (role, pod) => {
  const { command, image, env } = container(made, role);
  expect(command).toEqual(pod.command);
  expect(image).toContain(`/${pod.image}@`);
  const given = role === "database-admin" ? elsewhere : [];
  expect(ours([...env.map(({ name }: { name: string }) => name), ...given])).toEqual(ours(pod.env));
});
