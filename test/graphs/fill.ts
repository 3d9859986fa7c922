import { placeholders } from "../../cli/placeholders";
import type { Fill } from "../../local/engine/offline";
import type { Properties } from "../../protocol/properties";

const subscription = "00000000-0000-0000-0000-000000000000";

/** Outputs that no Kubernetes object asks for, so that `ecluse render` has none. */
const unlisted: Readonly<Record<string, (name: string, inputs: Properties) => Properties>> = {
  "keyvault:Key": (name) => ({ keyUri: `https://keys/${name}`, keyUriWithVersion: `https://keys/${name}/1` }),
  // Numbers that GitLab gives: a bot's is part of its address.
  "gitlab:index/pipelineSchedule:PipelineSchedule": () => ({ pipelineScheduleId: 7 }),
  "gitlab:index/projectAccessToken:ProjectAccessToken": () => ({ userId: 7 }),
  "monitor:PrivateLinkScope": (_name, { scopeName = "" }) => ({ name: scopeName }),
};

/**
 * Stands in for the clouds, as `ecluse render` has it: with every resource's id known, so that references are seen.
 * Values are made up for each stack apart, so that two stacks have one in common only where the program gives it to
 * both.
 */
export function stackFill(stack: string) {
  const { fill, made } = placeholders(subscription);
  const resource: Fill["resource"] = (type, name, inputs) => {
    const { id, outputs } = fill.resource(type, `${stack} ${name}`, inputs);
    const own = unlisted[type.replace("azure-native:", "")]?.(name, inputs);
    return { id: id || `/${stack}/${type}/${name}`, outputs: { ...outputs, ...own } };
  };
  const secrets = () =>
    made
      .filter(({ type, property }) => type.startsWith("random:") || property === "privateKeyPem")
      .map(({ value }) => value);
  return { fill: { ...fill, resource }, secrets };
}
