import type { Governance, Tier, UseCaseSettings } from "../settings";
import type { PodPlace } from "./foundation";

/** What a pod is selected by in its namespace: never changes, since selectors of Deployments cannot. */
export const selector = (pod: PodPlace) => ({ "app.kubernetes.io/name": pod.role });

/** Label and taint of the nodes on which images are built, away from every other pod. */
export const buildNode = { key: "ecluse.local/pool", value: "build" } as const;

/** Labels of a pod and of what belongs to it. */
export const labels = (pod: PodPlace): Record<string, string> => ({
  ...selector(pod),
  "app.kubernetes.io/instance": pod.namespace,
  "app.kubernetes.io/part-of": "ecluse",
  "app.kubernetes.io/managed-by": "pulumi",
});

/** A text as the value of a label: letters, digits, `-`, `_` and `.`, at most 63. */
export const labelValue = (text: string) =>
  text
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");

/** Labels that say whose a namespace is, by the words of the tags that cloud resources carry. */
export const ownership = (
  settings: { readonly environment: string; readonly tier: Tier; readonly governance: Governance },
  useCase?: string,
): Record<string, string> => ({
  "app.kubernetes.io/part-of": "ecluse",
  "app.kubernetes.io/managed-by": "pulumi",
  "ecluse.local/environment": settings.environment,
  "ecluse.local/tier": settings.tier,
  "ecluse.local/owner": labelValue(settings.governance.owner),
  "ecluse.local/cost-center": labelValue(settings.governance.costCenter),
  "ecluse.local/data-classification": settings.governance.dataClassification,
  "ecluse.local/use-case": useCase ?? "platform",
});

/** Annotations that say who answers for a use case; texts need not fit into a label. */
export const accountability = ({ accountability: of }: UseCaseSettings): Record<string, string> =>
  of
    ? {
        "ecluse.local/owner": of.owner,
        "ecluse.local/team": of.team,
        "ecluse.local/purpose": of.purpose,
        "ecluse.local/risk-class": of.riskClass,
        "ecluse.local/materiality": of.materiality,
        "ecluse.local/review-by": of.reviewBy,
        ...(of.decisionThreshold !== undefined && {
          "ecluse.local/decision-threshold": String(of.decisionThreshold),
        }),
      }
    : {};
