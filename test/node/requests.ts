import type { Client } from "../../cluster/client";

const name = "small-node";
const apiVersion = "admissionregistration.k8s.io/v1beta1";

/** Sets the CPU that each container asks for, and leaves its limits. */
const expression = `
  object.spec.containers.transformList(i, container,
    has(container.resources) && has(container.resources.requests) && "cpu" in container.resources.requests,
    JSONPatch{op: "replace", path: "/spec/containers/" + string(i) + "/resources/requests/cpu", value: "10m"})`;

/**
 * From here on pods ask for next to no CPU: two cores have room for two environments whose pods are mostly idle, but
 * not for what they ask for.
 */
export async function askForLessCpu(client: Client): Promise<void> {
  const pods = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
  await client.apply({
    apiVersion,
    kind: "MutatingAdmissionPolicy",
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [pods] },
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      mutations: [{ patchType: "JSONPatch", jsonPatch: { expression } }],
    },
  });
  await client.apply({
    apiVersion,
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name },
  });
}
