import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type Client, type KubernetesObject, title } from "../../cluster/client";
import { ecluse } from "../platform/setup";
import { type Cluster, startCluster } from "./cluster";
import { failedCreations, jobOf, untilMade, untilSettled } from "./controllers";
import { podsOf, readManifests, weakened, weaknesses } from "./manifests";
import { restoredCluster } from "./restore";

const obstacle = inject("obstacle");

/** What `ecluse render` writes of a stack. */
async function render(stack: string): Promise<KubernetesObject[]> {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-render-"));
  try {
    const home = join(folder, "home");
    // With real secrets where a team would fill in none by hand; the other stacks keep placeholders.
    const complete = stack === "onprem-dev" ? ["--complete"] : [];
    const words = ["render", stack, "--out", join(folder, "out"), ...complete];
    const ended = await ecluse(words, { ECLUSE_HOME: home });
    if (ended.code !== 0)
      throw new Error(`ecluse render ${stack} ended with ${ended.code}:\n${ended.stderr}`);
    return readManifests(join(folder, "out"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The API server's answer for each object; throws all that it refuses, with the objects it is about. */
async function each(
  objects: readonly KubernetesObject[],
  call: (object: KubernetesObject) => Promise<KubernetesObject>,
): Promise<KubernetesObject[]> {
  const answers: KubernetesObject[] = [];
  const refused: string[] = [];
  for (const object of objects) {
    await call(object).then(
      (answer) => answers.push(answer),
      ({ message }) => refused.push(`${title(object)}: ${message}`),
    );
  }
  if (refused.length > 0) throw new Error(refused.join("\n"));
  return answers;
}

const buildNamespace = /^[a-z0-9-]+-build$/;

/** What the runner of builds makes, as far as Pod Security looks at it (components/kubernetes/runnerConfig.ts). */
const buildPod = (namespace: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "build", namespace },
  spec: {
    automountServiceAccountToken: false,
    containers: [
      {
        name: "build",
        image: "registry.example.com/buildkit:1",
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "64Mi" } },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] },
          seccompProfile: { type: "Unconfined" },
          appArmorProfile: { type: "Unconfined" },
        },
      },
    ],
  },
});

const versions = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(objects.map((object) => [title(object), object.metadata.resourceVersion]));

/** All but what controllers write. */
const contents = (objects: readonly KubernetesObject[]) =>
  objects.map(({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, resourceVersion: "any", managedFields: [] },
    status: {},
  }));

const name = (stack: string) =>
  obstacle ? `${stack} on a cluster (skipped: ${obstacle})` : `${stack} on a cluster`;

describe.each(["dev", "prod", "onprem-dev", "onprem-prod"])(
  name("%s"),
  { skip: obstacle !== undefined },
  (stack) => {
    let cluster: Cluster;
    let client: Client;
    let objects: KubernetesObject[];
    let applied: KubernetesObject[];

    beforeAll(async () => {
      objects = await render(stack);
      cluster = await startCluster(inject("programs"));
      client = cluster.client;
      applied = await each(objects, (object) => client.apply(object));
    });
    afterAll(async () => {
      if (!cluster) return;
      const memory = Object.entries(cluster.memory()).map(
        ([program, megabytes]) => `${program} ${megabytes} MB`,
      );
      console.log(
        `${stack}: ${objects?.length} objects; cluster ready in ${cluster.seconds} s; ${memory.join(", ")}`,
      );
      await cluster.stop();
    });

    it("is accepted in its order, strictly validated", () => {
      expect(applied.map(title)).toEqual(objects.map(title));
      const needed = ["Namespace", "NetworkPolicy", "ServiceAccount", "Deployment"];
      expect(applied.map(({ kind }) => kind)).toEqual(expect.arrayContaining(needed));
    });

    it("has only pods that Pod Security admission accepts", async () => {
      const pods = podsOf(objects);
      expect(pods.length).toBeGreaterThan(0);
      await each(pods, (pod) => client.tryCreate(pod));
    });

    it.each(weaknesses)(
      "is refused with $name, in every pod but where images are built",
      async (weakness) => {
        for (const pod of podsOf(objects).filter(
          ({ metadata }) => !buildNamespace.test(`${metadata.namespace}`),
        ))
          await expect(client.tryCreate(weakened(pod, weakness)), title(pod)).rejects.toThrow(
            weakness.complaint,
          );
      },
    );

    it("takes a rootless build where images are built, and nowhere else", async () => {
      await untilMade(client, objects);
      for (const { metadata } of objects.filter(({ kind }) => kind === "Namespace")) {
        const build = client.tryCreate(buildPod(metadata.name));
        if (buildNamespace.test(metadata.name)) await build;
        else await expect(build, metadata.name).rejects.toThrow(/violates PodSecurity/);
      }
    });

    it("is refused with a field that nobody knows, in every object with a spec", async () => {
      const specified = objects.filter(({ spec }) => spec !== undefined);
      expect(specified.length).toBeGreaterThan(0);
      for (const object of specified) {
        const mistyped = { ...object, spec: { ...object.spec, notAField: 1 } };
        await expect(client.apply(mistyped), title(object)).rejects.toThrow(/notAField/);
      }
    });

    it("gets its pods from the controllers", async () => {
      await untilMade(client, objects);
      const jobs = objects.filter(({ kind }) => kind === "CronJob").map(jobOf);
      await each(jobs, (job) => client.create(job));
      await untilMade(client, jobs);
      for (const job of jobs) await client.delete(job);
      expect(await failedCreations(client)).toEqual([]);
    });

    it("takes the restored database that the docs show", async () => {
      const database = objects.find(({ apiVersion, kind }) => /cnpg/.test(apiVersion) && kind === "Cluster");
      // Azure's PostgreSQL is none of the cluster's.
      if (!database) return;
      const restored = await client.tryCreate(restoredCluster(database));
      expect(restored.metadata.name).not.toBe(database.metadata.name);
      expect(restored.metadata.namespace).toBe(database.metadata.namespace);
    });

    const completed = stack === "onprem-dev" ? it : () => {};
    completed("has in its Secrets what their readers look for", () => {
      const secret = (name: string) =>
        objects.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name)?.stringData;
      expect(secret("database-prepare").username).toBe("prepare");
      expect(secret("objects-serve").accessKey).toBe("dev-bank-churn-serve");
      const { accessAccounts } = JSON.parse(secret("objects-users")["users.json"]);
      expect(accessAccounts["dev-bank-churn-serve"].secret).toBe(secret("objects-serve").secretKey);
      const authority = new X509Certificate(secret("database-rw-tls")["ca.crt"]);
      const server = new X509Certificate(secret("database-rw-tls")["tls.crt"]);
      expect(authority.subject).toBe("CN=Ecluse environment authority");
      expect(server.verify(authority.publicKey)).toBe(true);
      expect(server.checkHost("database-rw.dev-data.svc.cluster.local")).toBeDefined();
    });

    it("is not changed by being applied again", async () => {
      await untilSettled(client, objects);
      const before = await each(objects, (object) => client.get(object));
      const second = await each(objects, (object) => client.apply(object));
      expect(contents(second)).toEqual(contents(before));
      // Controllers may still count, and Kubernetes writes a volume claim once more with nothing changed in it but
      // its version; then no version changes, as it would for ever if the objects were not what the API server keeps.
      let last = second;
      await vi.waitFor(
        async () => {
          const before = last;
          last = await each(objects, (object) => client.apply(object));
          expect(versions(last)).toEqual(versions(before));
        },
        { timeout: 60_000, interval: 1000 },
      );
    });
  },
);
