import type { Cases } from "../cases";
import { aksCases } from "./aks.cases";
import { environmentsCases } from "./environments.cases";
import { forgeCases } from "./forge.cases";
import { gitlabCases } from "./gitlab.cases";
import { gitlabStackCases } from "./gitlabStacks.cases";
import { governanceCases } from "./governance.cases";
import { idCases } from "./id.cases";
import { isolationCases } from "./isolation.cases";
import { kubernetesCases } from "./kubernetes.cases";
import { localCases } from "./local.cases";
import { logsCases } from "./logs.cases";
import { mlCases } from "./ml.cases";
import { networkCases } from "./network.cases";
import { podCases } from "./pods.cases";
import { postgresCases } from "./postgres.cases";
import { registryCases } from "./registry.cases";
import { secretsCases } from "./secrets.cases";
import { storageCases } from "./storage.cases";
import { supplyChainCases } from "./supplyChain.cases";
import { vaultCases } from "./vault.cases";

/** The cases of every family. */
export const allCases: Cases = {
  ...aksCases,
  ...postgresCases,
  ...registryCases,
  ...storageCases,
  ...vaultCases,
  ...environmentsCases,
  ...governanceCases,
  ...idCases,
  ...isolationCases,
  ...localCases,
  ...logsCases,
  ...networkCases,
  ...secretsCases,
  ...supplyChainCases,
  ...kubernetesCases,
  ...mlCases,
  ...podCases,
  ...gitlabCases,
  ...gitlabStackCases,
  ...forgeCases,
};
