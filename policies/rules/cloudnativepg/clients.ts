import { UNKNOWN } from "../../../protocol/properties";
import { every } from "../../conditions";
import { inContainers, podTypes } from "../../pods";
import type { Condition, ResourceRule } from "../../rule";
import { read } from "../../values";
import { fail, open, pass, passOn } from "../../verdict";
import { ownCluster } from "../kubernetes/transport";

const uri = /^postgres(ql)?(\+\w+)?:\/\//;

/** A URI may hold a password, so that a finding shows its `sslmode` only. */
const verified: Condition = ({ value }) => {
  const [name, written] = [String(read(value, "name")), read(value, "value")];
  if (written === UNKNOWN) return /_DATABASE$/.test(name) ? open(`${name} is not known yet`) : pass;
  const mode = name === "PGSSLMODE" ? String(written) : /[?&]sslmode=([\w-]+)/.exec(String(written))?.[1];
  if (name !== "PGSSLMODE" && !uri.test(String(written ?? ""))) return pass;
  const saw = () => `sslmode of ${name} is ${mode ?? "not set"}`;
  return mode === "verify-full" ? passOn(saw) : fail(`${saw()}, and must be verify-full`);
};

/** A rule on how pods connect to PostgreSQL in a cluster. */
export const clusterClientRules: readonly ResourceRule[] = [
  {
    id: "CNPG-12",
    name: "clients-verify-tls",
    scope: "resource",
    types: podTypes,
    severity: "high",
    environments: "all",
    when: ownCluster,
    description: "On a team's own cluster pods connect to PostgreSQL by TLS, and verify who answers.",
    remediation:
      "Take the address from access() of components/kubernetes/postgresql.ts, with sslmode=verify-full.",
    check: inContainers(every("env", verified)),
  },
];
