import { profiles } from "../../../components/profiles";
import { allOf, anyOf, atLeast, implies, inProduction, is, isNot, unset } from "../../conditions";
import type { Condition, ResourceRule } from "../../rule";
import { fail, pass } from "../../verdict";
import { clusterType } from "./stores";

/** Production has one whatever its profile; elsewhere a frugal environment does without. */
const promised: Condition = (_at, { production, environment }) =>
  production || (environment && profiles[environment.profile].highAvailability)
    ? pass
    : fail("its profile promises no stand-by");

const spread = "spec.affinity";

/** A rule on what takes over when PostgreSQL in a cluster fails. */
export const clusterStandByRules: readonly ResourceRule[] = [
  {
    id: "CNPG-11",
    name: "stand-by",
    scope: "resource",
    types: [clusterType],
    severity: "medium",
    environments: "production",
    description: "A stand-by of PostgreSQL on another node takes over, and drains leave one of them.",
    remediation: "Set ecluse:kubernetes.database.instances to 2 or more, in a cluster of as many nodes.",
    deviation:
      "Also outside of production where the profile promises a stand-by; there both may share a node.",
    when: promised,
    check: allOf(
      atLeast("spec.instances", 2),
      isNot("spec.enablePDB", false),
      isNot(`${spread}.enablePodAntiAffinity`, false),
      anyOf(
        unset(`${spread}.topologyKey`),
        is(`${spread}.topologyKey`, "kubernetes.io/hostname", "topology.kubernetes.io/zone"),
      ),
      implies(inProduction, is(`${spread}.podAntiAffinityType`, "required")),
    ),
  },
];
