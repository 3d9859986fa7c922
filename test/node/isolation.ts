import { expect, it } from "vitest";
import { table } from "../../cli/table";
import type { Client, KubernetesObject } from "../../cluster/client";
import { bearer } from "../../cluster/controlPlane";
import { audience, namespaces } from "../../components/naming";
import { application, useCase } from "./forge";
import { experiments, type Ground, jobToken, personToken } from "./ground";
import { kubectlGiven } from "./kubectl";
import { secretIn } from "./secrets";
import { Server } from "./server";

const environments = ["dev", "prod"] as const;
type Environment = (typeof environments)[number];

const useCaseOf = (environment: Environment) => namespaces(environment).useCase(useCase);

/** Whether a server takes a token; throws what it says when it neither takes nor refuses it. */
async function admits(server: Server, path: string, token: string): Promise<boolean> {
  const { status = 0, body } = await server.ask(path, token);
  if (status === 200) return true;
  if (status === 401 || status === 403) return false;
  throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
}

const tracking = (client: Client, at: Environment, token: string) =>
  Server.inside(client, namespaces(at).platform, "tracking", (server) => admits(server, experiments, token));

/** Whether a script in a container, with an input, succeeds or fails as `refusal` says; throws for other failures. */
async function succeeds(pod: readonly string[], input: string, words: readonly string[], refusal: RegExp) {
  try {
    await kubectlGiven(input, "exec", "--stdin", ...pod, "--", ...words);
    return true;
  } catch (error) {
    if (refusal.test((error as Error).message)) return false;
    throw error;
  }
}

const login = `read -r PGPASSWORD; export PGPASSWORD
psql --no-psqlrc --host 127.0.0.1 --username "$0" --dbname tracking --command 'select 1'`;

const listing = `import json, os, sys, boto3
key, bucket = json.load(sys.stdin), sys.argv[1]
boto3.client("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"], aws_access_key_id=key["accessKey"],
             aws_secret_access_key=key["secretKey"]).list_objects_v2(Bucket=bucket, MaxKeys=1)`;

type Door = (ground: Ground, of: Environment, at: Environment) => Promise<boolean>;

/** Each way into an environment, tried at `at` with what `of` has for it. */
const doors: Readonly<Record<string, Door>> = {
  "tracking, person": async ({ client, forge }, of, at) =>
    tracking(client, at, await personToken(forge, application(of))),
  "tracking, job": async ({ client, forge }, of, at) =>
    tracking(client, at, await jobToken(forge, of, audience(of, "tracking"))),
  "tracking, job that asks for the other's audience": async ({ client, forge }, of, at) =>
    tracking(client, at, await jobToken(forge, of, audience(at, "tracking"))),
  "tracking, pod": async ({ client }, of, at) =>
    tracking(client, at, await client.token(useCaseOf(of), "serve", audience(of, "tracking"))),
  "tracking, pod with the other's audience": async ({ client }, of, at) =>
    tracking(client, at, await client.token(useCaseOf(of), "serve", audience(at, "tracking"))),
  "model server, person": async ({ forge }, of, at) =>
    admits(forge.outside(at, useCase), "/champion", await personToken(forge, application(of))),
  "database role": async ({ client }, of, at) => {
    const { username = "", password } = await secretIn(client, namespaces(of).data, "database-tracking");
    const pod = ["--namespace", namespaces(at).data, "database-1", "--container", "postgres"];
    return succeeds(pod, `${password}\n`, ["bash", "-c", login, username], /password authentication failed/);
  },
  "object store key": async ({ client }, of, at) => {
    const key = await secretIn(client, namespaces(of).platform, "objects-tracking");
    const pod = ["--namespace", namespaces(at).platform, "deployment/tracking"];
    const words = ["python", "-c", listing, `${at}-artifacts`];
    return succeeds(pod, JSON.stringify(key), words, /InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied/);
  },
};

interface Rule {
  readonly apiGroups: readonly string[];
}

/** What an account may do in a namespace, but for asking about itself. */
async function rights(account: Client, namespace: string): Promise<readonly Rule[]> {
  const { status } = await account.create({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    metadata: { name: "asked" },
    spec: { namespace },
  });
  const own = ["authorization.k8s.io", "authentication.k8s.io"];
  return status.resourceRules.filter(
    ({ apiGroups }: Rule) => !apiGroups.every((group) => own.includes(group)),
  );
}

const within =
  (environment: Environment) =>
  ({ metadata }: KubernetesObject) =>
    `${metadata.namespace ?? metadata.name}`.startsWith(`${environment}-`);

/** Tests of dev and prod in one cluster: what belongs to one opens nothing of the other. */
export function isolation(ground: () => Ground): void {
  const rows: string[][] = [["", "dev at dev", "prod at prod", "dev at prod", "prod at dev"]];

  it.each(Object.keys(doors))("%s: opens at home and nowhere else", async (name) => {
    const door = doors[name] as Door;
    const found = [];
    for (const [of, at] of [
      ["dev", "dev"],
      ["prod", "prod"],
      ["dev", "prod"],
      ["prod", "dev"],
    ] as const)
      found.push(await door(ground(), of, at));
    rows.push([name, ...found.map((open) => (open ? "opens" : "refused"))]);
    expect(found).toEqual([true, true, false, false]);
  });

  it("is printed", () => console.log(table(rows)));

  it("no account of one may do anything in a namespace of the other", async () => {
    const { client } = ground();
    const [accounts, spaces] = await Promise.all([
      client.list("v1", "ServiceAccount"),
      client.list("v1", "Namespace"),
    ]);
    const found: Record<string, number> = {};
    for (const of of environments)
      for (const { metadata } of accounts.filter(within(of))) {
        const account = bearer(await client.token(`${metadata.namespace}`, metadata.name));
        for (const at of environments)
          for (const space of spaces.filter(within(at))) {
            const count = (await rights(account, space.metadata.name)).length;
            found[`${of} at ${at}`] = (found[`${of} at ${at}`] ?? 0) + count;
          }
      }
    expect(found).toMatchObject({ "dev at prod": 0, "prod at dev": 0 });
    expect(found["dev at dev"], "the runners' rights at home").toBeGreaterThan(0);
    expect(found["prod at prod"]).toBeGreaterThan(0);
  });
}
