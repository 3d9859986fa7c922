import type { Document } from "../../../local/engine/document";
import type { VariableId } from "../../../local/forge/variables";

/** What the stack asked GitLab for as a CI variable; `project` is a path. */
export interface StackVariable extends VariableId {
  readonly value: string;
  readonly masked: boolean;
  readonly protected: boolean;
}

/** A value of a state that was exported with its secrets shown. */
const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "plaintext" in value
    ? JSON.parse(`${value.plaintext}`)
    : value;

/** The resources of a type, with what they gave, secrets in plain. */
function ofType(state: Document, type: string): Record<string, unknown>[] {
  return (state.deployment.resources ?? [])
    .filter((resource) => resource.type === type)
    .map(({ outputs }) =>
      Object.fromEntries(Object.entries(outputs ?? {}).map(([key, value]) => [key, plain(value)])),
    );
}

/** The CI variables that a stack asked GitLab for, each with its environment's scope. */
export const stackVariables = (state: Document): StackVariable[] =>
  ofType(state, "gitlab:index/projectVariable:ProjectVariable").map((found) => ({
    project: `${found.project}`,
    key: `${found.key}`,
    environmentScope: `${found.environmentScope ?? "*"}`,
    value: `${found.value}`,
    masked: found.masked === true,
    protected: found.protected === true,
  }));

/** The access tokens of projects that a stack asked GitLab for, by the path of their project. */
export const projectTokens = (state: Document): readonly (readonly [path: string, token: string])[] =>
  ofType(state, "gitlab:index/projectAccessToken:ProjectAccessToken").map(
    ({ project, token }) => [`${project}`, `${token}`] as const,
  );
