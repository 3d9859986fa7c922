import { expect, it } from "vitest";
import { runInside } from "../../cluster/space";
import { volumePath } from "../../cluster/storage";
import { type Ground, minutes } from "./ground";
import { kubectl } from "./kubectl";
import { Caller, lost } from "./scoring";
import { sql } from "./sql";
import type { ClusterStack } from "./stack";

// Blocks that nobody writes take no room on the machine; the rest is written until nothing more fits.
const filling = `free=$(df --output=avail --block-size=1M "$0" | tail -1)
fallocate --length "$((free - 16))MiB" "$0/filling"
dd if=/dev/zero of="$0/rest" bs=4k 2> /dev/null || true`;

/** The folder of the volume that a claim of development's data has. */
async function volumeOf(claim: string): Promise<string> {
  const words = ["get", "persistentvolumeclaim", claim, "--namespace", "dev-data"];
  return volumePath(
    (await kubectl(...words, "--output", "jsonpath={.spec.volumeName}")).replace("local-", ""),
  );
}

/** Does something while the volume of a claim is full. */
async function whileFull(claim: string, work: () => Promise<void>): Promise<void> {
  const path = await volumeOf(claim);
  await runInside("sh", "-c", filling, path);
  try {
    await work();
  } finally {
    await runInside("rm", "-f", `${path}/filling`, `${path}/rest`);
  }
}

/** Tests of volumes without room: what cannot be kept is refused in words, and all goes on once there is room. */
export function disks(up: () => ClusterStack, ground: () => Ground): void {
  it("a full object store: no request fails, and each prediction comes once there is room", {
    timeout: minutes(5),
  }, async () => {
    const caller = await Caller.during(ground(), async (caller) => {
      await caller.scored(3);
      // As many as take longer than a model server waits before it ships.
      await whileFull("objects-data", () => caller.scored(200));
      await caller.scored(3);
    });
    expect(caller.failures).toEqual([]);
    expect(await lost(ground(), caller)).toEqual([]);
  });

  it("a full PostgreSQL: the statement fails in words, and what was there stays", {
    timeout: minutes(10),
  }, async () => {
    await whileFull("database-1", async () => {
      const large = "create table large as select repeat('x', 1000) as text from generate_series(1, 1000000)";
      await expect(sql("dev", large)).rejects.toThrow(/No space left on device/);
    });
    await up().pods();
    expect(await sql("dev", "select answer from kept")).toBe("42");
    await sql("dev", "create table roomy as select 1 as one");
  });
}
