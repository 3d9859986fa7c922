import { expect, it } from "vitest";
import { builtImages } from "../../components/images";
import { application, useCase } from "./forge";
import { type Ground, minutes, personToken } from "./ground";
import { listNextVersion } from "./nextVersion";
import { Caller, lost } from "./scoring";
import type { ClusterStack } from "./stack";

/** Tests of an upgrade of development, of which a person has customers scored all the time. */
export function upgrade(up: () => ClusterStack, ground: () => Ground): void {
  it("is upgraded by pulumi up: no scoring fails meanwhile, and nothing is lost", {
    timeout: minutes(15),
  }, async () => {
    const { forge } = ground();
    const champion = async () =>
      (await forge.outside("dev", useCase).ask("/champion", await personToken(forge, application("dev"))))
        .body;
    const before = await champion();
    let steps: Readonly<Record<string, number>> = {};
    const caller = await Caller.during(ground(), async (caller) => {
      await caller.scored(1);
      // The object store is one pod with one volume: for some seconds it is away, as docs/kubernetes.md says.
      listNextVersion(builtImages.filter((name) => name !== "objects"));
      steps = await up().upgrade();
      await up().pods();
      await caller.scored(20);
    });
    console.log(`${caller.predictions.length} predictions`, steps);
    expect(steps).toMatchObject({ update: expect.any(Number) });
    expect([steps.delete, caller.failures]).toEqual([undefined, []]);
    expect(await champion()).toEqual(before);
    expect(await lost(ground(), caller)).toEqual([]);
  });
}
