import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { compiled } from "../../cli/deploy";
import type { Fill } from "../../local/engine/offline";
import { projectRoot } from "../../local/home";
import { type Properties, reveal } from "../../protocol/properties";
import { onceInRun } from "../inRun";
import { type Graph, type Planned, preview } from "./plan";

/** What GitLab would give back as the bot's token: nothing of it may be readable in a plan. */
export const botToken = "glpat-made-up-for-this-test";

/** By which the provider logs in, from its environment: nothing of it may be in a plan at all. */
export const ownToken = "glpat-of-whoever-runs-pulumi";

/** A number for a name, the same in every plan. */
const numberOf = (name: string) => String(createHash("sha256").update(name).digest().readUInt32BE());

/** Stands in for GitLab, whose ids are numbers. */
const gitlab: Fill = {
  resource(type, name) {
    const outputs: Properties = {
      ...(type.endsWith(":ProjectAccessToken") && { token: botToken, userId: 77 }),
      ...(type.endsWith(":RandomPassword") && { result: `made-up-${name}` }),
    };
    return { id: numberOf(`${type} ${name}`), outputs };
  },
  invoke: (name) => (name.endsWith(":getGroup") ? { id: "55", groupId: 55 } : undefined),
};

type Keys = Readonly<Record<string, unknown>>;

const shipped = (parse(readFileSync(join(projectRoot, "Pulumi.forge.yaml"), "utf8")) as { config: Keys })
  .config;

/** The use cases of the shipped stack, and more. */
const useCases = (more: readonly string[]) => {
  const [first] = shipped["ecluse:useCases"] as Keys[];
  return [first, ...more.map((name) => ({ ...first, name }))];
};

/**
 * Previews the shipped forge stack with other values of `ecluse:gitlab`, and with more use cases; the same one once.
 */
export function previewForge(settings: Keys = {}, more: readonly string[] = []): Promise<Graph> {
  const config = {
    "ecluse:gitlab": JSON.stringify({ ...(shipped["ecluse:gitlab"] as Keys), ...settings }),
    "ecluse:useCases": JSON.stringify(useCases(more)),
  };
  const env = { ...compiled, GITLAB_TOKEN: ownToken };
  return onceInRun(`forge ${JSON.stringify(config)}`, () => preview("forge", { fill: gitlab, config, env }));
}

/** The resources of one type of GitLab, by its class. */
export const ofClass = ({ resources }: Graph, name: string): Planned[] =>
  resources.filter(({ type }) => type.startsWith("gitlab:") && type.endsWith(`:${name}`));

/** The id of a project of the forge, by its name after the forge's. */
export const projectId = (graph: Graph, name: string) =>
  ofClass(graph, "Project").find((each) => each.name === `forge-${name}`)?.id;

/**
 * The inputs of one resource of GitLab, by its name after the forge's, with secret marks taken off. Throws where
 * there is none.
 */
export function inputsOf(graph: Graph, type: string, name: string) {
  const found = ofClass(graph, type).find((each) => each.name === `forge-${name}`);
  if (!found) throw new Error(`the forge has no ${type} ${name}`);
  return reveal(found.inputs);
}
