import type { Cases } from "../cases";
import { aksCases } from "./aks/aks.cases";
import { cloudNativePgCases } from "./cloudnativepg/cloudnativepg.cases";
import { forgeCases } from "./forge/forge.cases";
import { gitlabCases } from "./gitlab/gitlab.cases";
import { gitlabStackCases } from "./gitlab/stacks.cases";
import { governanceCases } from "./governance/governance.cases";
import { idCases } from "./identity/identity.cases";
import { idRightsCases } from "./identity/rights.cases";
import { environmentsCases } from "./isolation/environments.cases";
import { isolationCases } from "./isolation/isolation.cases";
import { bindingCases } from "./kubernetes/bindings.cases";
import { doorCases } from "./kubernetes/doors.cases";
import { kubernetesCases } from "./kubernetes/kubernetes.cases";
import { podCases } from "./kubernetes/pods.cases";
import { transportCases } from "./kubernetes/transport.cases";
import { localCases } from "./local/local.cases";
import { logLimitCases } from "./logs/limits.cases";
import { logsCases } from "./logs/logs.cases";
import { mlCases } from "./ml/ml.cases";
import { networkCases } from "./network/network.cases";
import { postgresExtensionCases } from "./postgres/extensions.cases";
import { postgresCases } from "./postgres/postgres.cases";
import { registryCases } from "./registry/registry.cases";
import { keyCases } from "./secrets/keys.cases";
import { secretsCases } from "./secrets/secrets.cases";
import { storageCases } from "./storage/storage.cases";
import { supplyChainCases } from "./supplyChain/supplyChain.cases";
import { vaultCases } from "./vault/vault.cases";

/** The cases of every family. */
export const allCases: Cases = {
  ...aksCases,
  ...postgresCases,
  ...cloudNativePgCases,
  ...registryCases,
  ...storageCases,
  ...vaultCases,
  ...environmentsCases,
  ...governanceCases,
  ...idCases,
  ...idRightsCases,
  ...isolationCases,
  ...localCases,
  ...logsCases,
  ...networkCases,
  ...secretsCases,
  ...supplyChainCases,
  ...kubernetesCases,
  ...bindingCases,
  ...keyCases,
  ...postgresExtensionCases,
  ...logLimitCases,
  ...doorCases,
  ...mlCases,
  ...podCases,
  ...transportCases,
  ...gitlabCases,
  ...gitlabStackCases,
  ...forgeCases,
};
