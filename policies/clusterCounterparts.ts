/** What judges a team's own cluster where a rule judges a managed part of Azure. */
export interface Counterpart {
  /** Ids of rules; empty where no rule can judge it. */
  readonly rules: readonly string[];
  /** Why there is none, or what of it no rule judges. */
  readonly reason?: string;
}

const by = (rules: string, reason?: string): Counterpart => ({
  rules: rules.split(" "),
  ...(reason ? { reason } : {}),
});
const none = (reason: string): Counterpart => ({ rules: [], reason });

const storeNotInPlan = "A team's own store is in no plan.";
const noVault = "A cluster has no vault: secrets are Kubernetes Secrets.";
const noWorkspace = "Logs go where the team's collector sends them, which is in no plan.";

/** The rules on Azure's database, stores, vault, logs and budget, with their counterparts on a cluster. */
export const clusterCounterparts: Readonly<Record<string, Counterpart>> = {
  "PG-01": by("CNPG-01 K8S-22"),
  "PG-02": by("CNPG-02 K8S-16 K8S-17"),
  "PG-03": none(
    "CloudNativePG has no tokens of a directory: roles log in by passwords that the program makes.",
  ),
  "PG-04": by(
    "CNPG-02 SEC-03",
    "Passwords cannot be left out; they are random, and hashed by scram-sha-256.",
  ),
  "PG-05": by("CNPG-03"),
  "PG-06": by("CNPG-04 CNPG-12"),
  "PG-07": by("CNPG-05"),
  "PG-08": by("CNPG-06"),
  "PG-09": by("CNPG-07 CNPG-08 CNPG-09 CNPG-10", "Copies in another region are the object store's matter."),
  "PG-10": by("CNPG-11"),
  "PG-11": by("K8S-26"),
  "PG-12": none(noWorkspace),
  "PG-13": by("GOV-05"),
  "PG-14": by("SC-01", "An image by digest does not say its version; Renovate proposes newer ones."),
  "PG-15": by("CNPG-13 CNPG-14"),
  "PG-16": none("PostgreSQL has no such setting: no Service and no pod of a use case reaches it (K8S-32)."),
  "ST-01": none("S3 knows keys only: each pod has its own, in a Secret (ML-17, SEC-03)."),
  "ST-02": by("ST-19", storeNotInPlan),
  "ST-03": by("K8S-21 K8S-22", storeNotInPlan),
  "ST-04": by("K8S-16 K8S-17", storeNotInPlan),
  "ST-05": by("K8S-27 CNPG-09"),
  "ST-06": none("The deployed store and a team's own decide the version; neither says it in a plan."),
  "ST-07": none(storeNotInPlan),
  "ST-08": none("A cluster has no portal that opens blobs."),
  "ST-09": none("Users are the only way in, each with the rights of its pod."),
  "ST-10": none("No key says in a plan when it was made."),
  "ST-11": by("ST-20", storeNotInPlan),
  "ST-12": by(
    "ST-20",
    `Versions bring back what was deleted; nothing bounds who deletes them. ${storeNotInPlan}`,
  ),
  "ST-13": none(
    "The deployed store has no time for which a version cannot be deleted. A team's own is in no plan.",
  ),
  "ST-14": none(`The deployed store is one volume; its copies are the storage class's. ${storeNotInPlan}`),
  "ST-15": by("K8S-26", storeNotInPlan),
  "ST-16": none(noWorkspace),
  "ST-17": by("ML-14", "What is deleted in time is a rule of the bucket, which is in no plan."),
  "ST-18": by("GOV-05", storeNotInPlan),
  "KV-01": by("K8S-19 K8S-20"),
  "KV-02": none(`${noVault} What the state has of them can be made again.`),
  "KV-03": none("The API server is the team's own, and in no plan."),
  "KV-04": none("The API server is the team's own, and in no plan."),
  "KV-05": none(`${noVault} A Secret has no date.`),
  "KV-06": none(`${noVault} Certificates are renewed by cert-manager.`),
  "KV-07": none("The API server's audit log is set on its nodes, which are in no plan."),
  "KV-08": by("K8S-11 K8S-20"),
  "KV-09": by("ISO-05 ISO-07 ENV-05"),
  "KV-10": by("SEC-07 SEC-08", `${noVault} Keys that the program makes are judged.`),
  "LOG-01": none(noWorkspace),
  "LOG-02": none(noWorkspace),
  "LOG-03": none(noWorkspace),
  "LOG-04": none(noWorkspace),
  "LOG-05": by("LOG-06", "Who receives them is said in the cluster's own Alertmanager, which is in no plan."),
  "LOG-07": none(noWorkspace),
  "LOG-08": by("LOG-06"),
  "GOV-04": by("K8S-24", "A team's own cluster sends no bill: a quota bounds what a namespace takes."),
};
