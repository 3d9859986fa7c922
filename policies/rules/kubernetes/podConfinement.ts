import { isObject } from "../../../protocol/properties";
import { allOf, anyOf, every, includes, is, isNot, set, unset } from "../../conditions";
import { inContainers, inPod, inSecurityContexts, podTypes } from "../../pods";
import type { Condition, ResourceRule } from "../../rule";
import { allVerdicts } from "../../verdict";

const volume = "kubernetes:core/v1:PersistentVolume";
const where = "components/kubernetes/pod.ts";

/** Kinds of volumes that Pod Security `restricted` allows. */
const kinds = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const ofAllowedKind: Condition = (at, context) => {
  const keys = isObject(at.value) ? Object.keys(at.value) : [];
  const others = keys.filter((key) => key !== "name" && !kinds.includes(key));
  return allVerdicts(others.map((key) => unset(key)(at, context)));
};

const onNode: Condition = (at, context) =>
  (at.resource.type === volume ? unset("spec.hostPath") : inPod(every("volumes", unset("hostPath"))))(
    at,
    context,
  );

type Row = Omit<ResourceRule, "scope" | "environments" | "types">;

const row = (rule: Row, types = podTypes): ResourceRule => ({
  scope: "resource",
  environments: "all",
  types,
  ...rule,
});

/** Rules on what a pod may do on its node: Pod Security `restricted`, judged before anything is made. */
export const podConfinementRules: readonly ResourceRule[] = [
  row({
    id: "K8S-01",
    name: "not-privileged",
    severity: "critical",
    description: "No container is privileged.",
    remediation: `Leave out privileged, hostProcess and procMount; ${where} makes containers without them.`,
    deviation:
      "Also HostProcess pods of Windows and an unmasked /proc: Pod Security baseline refuses the three alike.",
    check: allOf(
      inContainers(isNot("securityContext.privileged", true)),
      inContainers(isNot("securityContext.windowsOptions.hostProcess", true)),
      inPod(isNot("securityContext.windowsOptions.hostProcess", true)),
      inContainers(anyOf(unset("securityContext.procMount"), is("securityContext.procMount", "Default"))),
    ),
  }),
  row({
    id: "K8S-02",
    name: "no-host-namespaces",
    severity: "critical",
    description: "No pod shares its node's processes, memory or network.",
    remediation: "Leave out hostPID, hostIPC and hostNetwork; show a server by a Service.",
    check: inPod(allOf(isNot("hostPID", true), isNot("hostIPC", true), isNot("hostNetwork", true))),
  }),
  row({
    id: "K8S-03",
    name: "no-privilege-escalation",
    severity: "high",
    description: "No process of a container can gain more rights than the one that started it.",
    remediation: `Set securityContext.allowPrivilegeEscalation to false, as ${where} does.`,
    check: inContainers(is("securityContext.allowPrivilegeEscalation", false)),
  }),
  row({
    id: "K8S-04",
    name: "not-root",
    severity: "high",
    description: "No container runs as root.",
    remediation: `Set runAsNonRoot to true and runAsUser to a number over 0, as ${where} does.`,
    check: allOf(
      inSecurityContexts("runAsNonRoot", (path) => is(path, true)),
      inContainers(isNot("securityContext.runAsUser", 0)),
      inPod(isNot("securityContext.runAsUser", 0)),
    ),
  }),
  row({
    id: "K8S-05",
    name: "no-capabilities",
    severity: "high",
    description: "Containers drop every capability of Linux, and add none but binding low ports.",
    remediation: `Set capabilities.drop to ["ALL"] and leave out add, as ${where} does.`,
    check: inContainers(
      allOf(
        includes("securityContext.capabilities.drop", "ALL"),
        every("securityContext.capabilities.add", is("", "NET_BIND_SERVICE")),
      ),
    ),
  }),
  row({
    id: "K8S-06",
    name: "seccomp-on",
    severity: "medium",
    description: "The kernel refuses system calls that containers have no use for.",
    remediation: `Set securityContext.seccompProfile.type to RuntimeDefault, as ${where} does.`,
    check: inSecurityContexts("seccompProfile.type", (path) => is(path, "RuntimeDefault", "Localhost")),
  }),
  row({
    id: "K8S-07",
    name: "read-only-root",
    severity: "medium",
    description: "No container can write to its own image.",
    remediation:
      "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it must write.",
    check: inContainers(is("securityContext.readOnlyRootFilesystem", true)),
  }),
  row(
    {
      id: "K8S-08",
      name: "no-host-path",
      severity: "critical",
      description: "No pod sees its node's files, and so neither the socket of its container runtime.",
      remediation: "Use an emptyDir, a ConfigMap, a Secret or a volume of a storage class.",
      deviation: "PersistentVolumes of a node's path too: a claim on one would be a way round.",
      check: onNode,
    },
    [...podTypes, volume],
  ),
  row({
    id: "K8S-09",
    name: "restricted-volumes-and-ports",
    severity: "high",
    description: "Pods take no port of their node, and only volumes that are theirs.",
    remediation: `Leave out hostPort; use volumes of the kinds ${kinds.join(", ")}.`,
    check: allOf(
      inPod(allOf(set("containers"), every("volumes", ofAllowedKind))),
      inContainers(every("ports", anyOf(unset("hostPort"), is("hostPort", 0)))),
    ),
  }),
];
