import * as pulumi from "@pulumi/pulumi";
import { lacking, type ProtectionName, protections, type Subscription } from "./tiers";

/** Warns of each protection, or of those that are asked for, that a GitLab lacks: what is lost, and what stands in. */
export function warnOfLacks(subscription: Subscription, asked?: readonly ProtectionName[]): void {
  for (const name of lacking(subscription).filter((each) => asked?.includes(each) ?? true)) {
    const { lost, standIn } = protections[name];
    void pulumi.log.warn(
      `GitLab in tier ${subscription.tier} lacks ${name}. Lost: ${lost}. In its place: ${standIn}.`,
    );
  }
}
