import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Resource } from "../../resource";
import type { Condition } from "../../rule";
import { items, read } from "../../values";
import { allVerdicts, open } from "../../verdict";

/** PostgreSQL by CloudNativePG. */
export const clusterType = "kubernetes:postgresql.cnpg.io/v1:Cluster";

/** Where the Barman Cloud plugin keeps backups, as an object of its own. */
export const objectStoreType = "kubernetes:barmancloud.cnpg.io/v1:ObjectStore";

/** The types that say where backups are. */
export const storeTypes: readonly string[] = [clusterType, objectStoreType];

/** Every object store that a resource backs up to or recovers from; UNKNOWN for one that is not known yet. */
export function storesOf({ type, inputs }: Resource): readonly Value[] {
  if (type === objectStoreType) return [read(inputs, "spec.configuration") ?? {}];
  const external = items(inputs, "spec.externalClusters") ?? [UNKNOWN];
  const recovered = external.map((each) => (each === UNKNOWN ? each : read(each, "barmanObjectStore")));
  return [read(inputs, "spec.backup.barmanObjectStore"), ...recovered].filter((each) => each !== undefined);
}

/** The condition on each object store of a resource. */
export const inStores =
  (condition: Condition): Condition =>
  ({ resource }, context) =>
    allVerdicts(
      storesOf(resource).map((value) =>
        value === UNKNOWN
          ? open("where backups are is not known yet")
          : condition({ value, resource }, context),
      ),
    );
