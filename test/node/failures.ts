import { execFileSync } from "node:child_process";
import { beforeAll, expect, it } from "vitest";
import { at } from "../../cluster/addresses";
import { isTrue, type KubernetesObject } from "../../cluster/client";
import { nodeName, startKubelet } from "../../cluster/node";
import { eventually } from "../../local/eventually";
import { block, follow } from "./docs";
import { type Ground, minutes } from "./ground";
import { kubectl } from "./kubectl";
import { Caller, lost } from "./scoring";
import { sql } from "./sql";
import type { ClusterStack } from "./stack";

const isReady = (object: KubernetesObject) => isTrue(object, "Ready");

const restarts = ({ status }: KubernetesObject): number =>
  status.containerStatuses.reduce(
    (sum: number, { restartCount }: { restartCount: number }) => sum + restartCount,
    0,
  );

/** The pod of an environment that stays, whose namespace and name begin so, such as `data/database-`. */
async function podOf({ client, environment }: ClusterStack, start: string): Promise<KubernetesObject> {
  const [space, name = ""] = start.split("/");
  const pods = await client.list("v1", "Pod", `${environment}-${space}`);
  // One that ends has its place taken already.
  const found = pods.find(({ metadata }) => metadata.name.startsWith(name) && !metadata.deletionTimestamp);
  if (!found) throw new Error(`no pod ${start} of ${environment}`);
  return found;
}

/** Kills a pod without any grace; gives after how many seconds another one is ready in its place. */
async function killed(stack: ClusterStack, start: string): Promise<number> {
  const { metadata } = await podOf(stack, start);
  const began = Date.now();
  await kubectl(
    ...["delete", "pod", metadata.name, "--namespace", `${metadata.namespace}`],
    ...["--force", "--grace-period=0", "--wait=false"],
  );
  await eventually(
    `${start} is ready again`,
    async () => {
      const now = await podOf(stack, start);
      return now.metadata.uid !== metadata.uid && isReady(now);
    },
    180,
  );
  return (Date.now() - began) / 1000;
}

/** Waits for the backup that the operator makes of a new cluster. */
const backedUp = () =>
  eventually("the first backup is done", async () => {
    const backups = ["get", "backups.postgresql.cnpg.io", "--namespace", "dev-data"];
    return (await kubectl(...backups, "--output", "jsonpath={.items[*].status.phase}")).includes("completed");
  });

/** Tests of a stack that is up: what fails comes back, or says what is wrong, and nothing is lost. */
export function failures(up: () => ClusterStack, ground: () => Ground): void {
  beforeAll(() => sql("dev", "create table kept as select 42 as answer"));

  it("a database is restored by the docs' commands, with what was lost since its last log", {
    timeout: minutes(15),
  }, async () => {
    await backedUp();
    await sql("dev", "create table restored as select 42 as answer", "tracking");
    // The log of that goes to the store; that of the loss stays here, since a log is sent when it is full or old.
    const log = await sql("dev", "select pg_walfile_name(pg_switch_wal())");
    await eventually(`PostgreSQL has sent its log ${log}`, async () => {
      const sent = await sql("dev", "select last_archived_wal from pg_stat_archiver");
      return sent >= log;
    });
    await sql("dev", "drop table restored", "tracking");
    await follow(block("bootstrap: {recovery"));
    expect(await sql("dev", "select answer from restored", "tracking")).toBe("42");
    // It is the administrator's own: whoever prepares the next version may not grant rights on it.
    await sql("dev", "drop table restored", "tracking");
    await up().pods();
  });

  it.each([
    "data/database-",
    "data/objects-0",
    "platform/tracking-",
    "platform/proxy-",
    "bank-churn/serve-",
    "bank-churn-ci/runner-",
    "release/runner-",
  ])("a killed pod %s is back", async (start) => {
    const seconds = await killed(up(), start);
    console.log(`${start}: ready again after ${seconds.toFixed(1)} s`);
    expect(await sql("dev", "select answer from kept")).toBe("42");
  });

  it("a tracking server without its database waits for it, and is not started again", async () => {
    const before = await podOf(up(), "platform/tracking-");
    await killed(up(), "data/database-");
    const after = await eventually("the tracking server is ready", async () => {
      const found = await podOf(up(), "platform/tracking-");
      return isReady(found) && found;
    });
    expect([after.metadata.uid, restarts(after)]).toEqual([before.metadata.uid, restarts(before)]);
  });

  it("an image that is not there stops no server that runs, and is named", async () => {
    const serve = ["--namespace", "dev-bank-churn", "deployment/serve"];
    const image = `registry.example.com/ecluse/serving@sha256:${"0".repeat(64)}`;
    const before = await podOf(up(), "bank-churn/serve-");
    await kubectl("set", "image", ...serve, `serve=${image}`);
    const why = await eventually("an event names the image", async () => {
      const events = await kubectl("get", "events", "--namespace", "dev-bank-churn", "--output", "yaml");
      return events.includes("Failed to pull image") && events;
    });
    expect(why).toContain(image);
    const found = { apiVersion: "v1", kind: "Pod", metadata: before.metadata };
    expect(isReady(await up().client.get(found))).toBe(true);
    await kubectl("rollout", "undo", ...serve);
    await kubectl("rollout", "status", ...serve, "--timeout=2m");
  });

  it("a killed kubelet stops no pod", async () => {
    const before = await podOf(up(), "bank-churn/serve-");
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: nodeName } };
    execFileSync("pkill", ["--signal", "KILL", "--full", `^\\S*/kubelet .*--root-dir=${at("kubelet")}`]);
    await eventually("the node is not ready", async () => !isReady(await up().client.get(node)), 120);
    await startKubelet();
    await eventually("the node is ready", async () => isReady(await up().client.get(node)), 60);
    const after = await eventually("the model server is ready", async () => {
      const found = await podOf(up(), "bank-churn/serve-");
      return isReady(found) && found;
    });
    expect([after.metadata.uid, restarts(after)]).toEqual([before.metadata.uid, restarts(before)]);
    await up().pods();
  });

  it("a drained node gives up every pod, and has them again, with their data, when it takes pods", {
    timeout: minutes(10),
  }, async () => {
    const names = async () => {
      const pods = await up().client.list("v1", "Pod");
      return pods.filter(({ status }) => status.phase === "Running").map(({ metadata }) => metadata.name);
    };
    const { predictions } = await Caller.during(ground(), (caller) => caller.scored(20));
    const printed = await kubectl("drain", nodeName, "--delete-emptydir-data", "--timeout=3m");
    console.log(printed);
    expect(await names()).toEqual([]);
    await kubectl("uncordon", nodeName);
    await up().pods(300);
    expect(await sql("dev", "select answer from kept")).toBe("42");
    // They were on the disk of a pod that is gone.
    expect(await lost(ground(), { predictions })).toEqual([]);
  });
}
